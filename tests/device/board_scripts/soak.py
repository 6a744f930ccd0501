"""The whole app for a number of windows; prints what it lost, allocated and scored as one line of JSON.

usage: micropython soak.py WINDOWS        in a world's folder (see tests/device/board.py)
"""

import gc
import json
import sys

gc.threshold(8192)  # as main.py does
import time  # noqa: E402

import start  # noqa: F401, E402  the fakes
from world import WORLD  # noqa: E402

time.set_factor(WORLD.factor)
import asyncio  # noqa: E402

from judder_core.model import as_float  # noqa: E402
from judder_node import app  # noqa: E402
from judder_node.scorer import ENGINE  # noqa: E402

WARM_UP = 100
EVERY = 50


async def soak(windows):
    board = app.make_board(app.read_config("config.json"))
    scores = []
    judge = board.judge

    def keep_score(window):
        verdict = judge(window)
        if verdict is not None:
            scores.append((window.seq, as_float(verdict.score)))
            del scores[:-20]
        return verdict

    board.judge = keep_score
    asyncio.create_task(board.run())
    memory = []
    while board.windows < windows:
        await asyncio.sleep_ms(100)
        if board.windows >= WARM_UP + EVERY * len(memory):
            gc.collect()
            memory.append(gc.mem_alloc())
    for _ in range(100):  # let the queue empty
        if board.uplink.queued:
            await asyncio.sleep_ms(200)
    sampler, uplink = board.sampler, board.uplink
    print(
        json.dumps(
            {
                "windows": board.windows,
                "lost_windows": sampler.lost_windows,
                "lost_samples": sampler.lost_samples,
                "sample_rate_hz": sampler.sample_rate_hz,
                "sent": uplink.sent,
                "dropped": uplink.dropped,
                "error": uplink.last_error,
                "engine": ENGINE,
                "memory": memory,
                "scores": scores,
            }
        )
    )


if __name__ == "__main__":
    asyncio.run(soak(int(sys.argv[1])))
