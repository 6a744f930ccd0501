"""Who was refused and why: counted by kind, logged once a minute, and told where it lasts."""

import time
from collections import Counter, OrderedDict
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import structlog

from judder.server.services.problem import REFUSED, Problem

WHYS = {
    "forged": "sends signatures that no key of its makes",
    "unknown": "signs with a key that this server does not have",
    "replayed": "sends requests that came before",
    "stale": "signs times that are long past or to come",
    "foreign": "signs for other boards",
    "revoked": "signs with a key that was revoked",
    "unsigned": "sends without a signature",
    "token": "asks with wrong tokens",
    "boards": "is one board too many: max_boards",
    "bytes": "sends too much: max_board_mb_per_minute",
}
"""Each kind of refusal, and what somebody does who is refused so."""
LOG_EVERY_S = 60.0
CALM_S = 600.0
"""A board that was refused comes back within 5 minutes: longer calm is an end."""
LASTING_S, LASTING = 60.0, 3
"""What is refused for so long, and so often, is told."""
MOST = 256
"""Refused ones that are told apart; all further ones are one."""
OTHERS = "others"

log = structlog.get_logger()


@dataclass
class Run:
    """Refusals of one kind and one sender, with little calm between them. times: since it was last logged."""

    began_s: float
    last_s: float
    logged_s: float = -LOG_EVERY_S
    count: int = 0
    times: int = 0


class Refusals:
    """total: how many of each kind since the start. ticks: seconds that only rise."""

    def __init__(self, ticks: Callable[[], float] = time.monotonic) -> None:
        self.total = Counter(dict.fromkeys(WHYS, 0))
        self._ticks = ticks
        self._runs: OrderedDict[tuple[str, str], Run] = OrderedDict()

    def note(self, why: str, address: str, device: str = "") -> None:
        """Take in that somebody was refused. device: who it says to be, where that is known here."""
        self.total[why] += 1
        run = self._run(why, device or address)
        run.count, run.times, run.last_s = run.count + 1, run.times + 1, self._ticks()
        if run.last_s - run.logged_s >= LOG_EVERY_S:
            log.warning("refused", why=why, address=address, device=device or None, times=run.times)
            run.logged_s, run.times = run.last_s, 0

    def problems(self) -> Iterator[Problem]:
        """Yield what goes on being refused, for health."""
        now_s = self._ticks()
        for (why, about), run in self._runs.items():
            lasts_s = run.last_s - run.began_s
            if now_s - run.last_s <= CALM_S and lasts_s >= LASTING_S and run.count >= LASTING:
                yield Problem(REFUSED, about, f"{about} {WHYS[why]}: refused {run.count} times.")

    def _run(self, why: str, about: str) -> Run:
        now_s = self._ticks()
        key = why, about
        run = self._runs.get(key)
        if run is None and len(self._runs) >= MOST:
            self._drop_calm(now_s)
            key = key if len(self._runs) < MOST else (why, OTHERS)
            run = self._runs.get(key)
        if run is None or now_s - run.last_s > CALM_S:
            run = self._runs[key] = Run(now_s, now_s)
        self._runs.move_to_end(key)
        return run

    def _drop_calm(self, now_s: float) -> None:
        """Forget what ended: the longest unheard stand first."""
        while self._runs and now_s - next(iter(self._runs.values())).last_s > CALM_S:
            self._runs.popitem(last=False)
