"""What each step of a window's path costs: a server in this process, with a clock around each of them.

usage: python -m judder.bench.speed.steps DATA_DIR [MODEL] < ASKING, the JSON of an Asking; prints by step, as
JSON, the microseconds of the processor that a window takes
"""

import asyncio
import json
import sys
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import asdict, replace
from functools import wraps
from pathlib import Path
from typing import Any

from judder.bench.speed import clients
from judder.bench.speed.clients import Asked, Asking
from judder.data import frames
from judder.server.api import ingest as handler
from judder.server.running import run, running, spare_the_collector
from judder.server.services import ingest
from judder.server.services.ingest import Ingest
from judder.server.services.keeping import Keeping
from judder.server.services.keys import Keys
from judder.server.services.scoring import Scoring
from judder.server.storage.sqlite.store import SqliteStore
from judder.settings import Settings, load_settings

STEPS: dict[str, tuple[tuple[Any, str], ...]] = {
    "signature": ((Keys, "check"),),
    "decode": ((frames, "decode_windows"),),
    "judge": ((Scoring, "judge"),),
    "quality": ((ingest, "oddities"),),
    "rows": ((Keeping, "work"),),
    "store": ((SqliteStore, "_commit"),),
    "publish": ((Ingest, "_tell"),),
    "answer": ((Ingest, "_told"), (handler, "reply")),
}
"""What is called in each step, and nowhere else while windows come. All the rest is HTTP and waiting."""


def timed(spent_ns: Counter[str], step: str, function: Callable[..., Any]) -> Callable[..., Any]:
    """Return function, its time of the processor counted."""

    @wraps(function)
    def call(*args: Any, **options: Any) -> Any:
        before_ns = time.thread_time_ns()
        try:
            return function(*args, **options)
        finally:
            spent_ns[step] += time.thread_time_ns() - before_ns

    return call


async def measure(settings: Settings, asking: Asking) -> dict[str, float]:
    """Return what a window costs, in microseconds by step."""
    spent_ns: Counter[str] = Counter()
    for step, places in STEPS.items():
        for place, name in places:
            setattr(place, name, timed(spent_ns, step, getattr(place, name)))
    async with running(settings) as server:
        spare_the_collector()
        spent_ns.clear()
        before_ns = time.process_time_ns()
        asked = await _ask(replace(asking, port=server.port))
        total_ns = time.process_time_ns() - before_ns
    windows = asked.requests * asking.frames
    each = {step: spent_ns[step] / windows / 1000 for step in STEPS}
    return {"parse": total_ns / windows / 1000 - sum(each.values()), **each}


async def _ask(asking: Asking) -> Asked:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", clients.__name__),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    answer, _ = await process.communicate(json.dumps(asdict(asking)).encode())
    return Asked(**json.loads(answer))


async def _print(settings: Settings, asking: Asking) -> None:
    print(json.dumps(await measure(settings, asking)))


if __name__ == "__main__":
    _data_dir, *_model = map(Path, sys.argv[1:])
    _where = {"data_dir": _data_dir, "host": "127.0.0.1", "port": 0, "max_board_mb_per_minute": 1e6}
    run(_print(load_settings(**_where, model=next(iter(_model), None)), Asking(**json.load(sys.stdin))))
