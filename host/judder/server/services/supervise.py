"""Background work that goes on: what fails begins again, is counted, logged and told as health.

    tasks.supervise("prune", prune_forever)

Every task that lives longer than a request is started here, and nowhere else.
"""

import asyncio
import random
import time
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field

import structlog

from judder.server.services.problem import TASK, Problem

FIRST_PAUSE_S, LONGEST_PAUSE_S = 0.5, 60.0
END_AGAIN_S = 0.5
CALM_S = 300.0
"""A task that ran so long since it failed is well again."""

Work = Callable[[], Awaitable[None]]
log = structlog.get_logger()


@dataclass
class Watched:
    """One task. kind: of the problem where it fails. restarts: since the server started. failures: in a row;
    failed_s: when it last did, in seconds of time.monotonic().
    """

    name: str
    kind: str = TASK
    restarts: int = 0
    failures: int = 0
    failed_s: float = 0.0
    error: str = ""
    task: "asyncio.Task[None]" = field(init=False)

    def note(self, error: BaseException) -> None:
        """Take in that it failed."""
        now_s = time.monotonic()
        self.failures = self.failures + 1 if now_s - self.failed_s < CALM_S + LONGEST_PAUSE_S else 1
        self.failed_s, self.error = now_s, f"{type(error).__name__}: {error}"
        self.restarts += 1

    def is_well(self) -> bool:
        return not self.restarts or time.monotonic() - self.failed_s > CALM_S


class Tasks:
    """The background work of one server. pause_s: how long to wait after so many failures in a row."""

    def __init__(self, pause_s: Callable[[int], float] | None = None) -> None:
        self._pause_s = pause_s or _pause_s
        self._all: dict[str, Watched] = {}
        self.restarts = 0

    def supervise(self, name: str, work: Work, kind: str = TASK) -> "asyncio.Task[None]":
        """Run work until it returns, is cancelled by the task that is returned, or end() is called.

        Where it raises, or its own task is cancelled by something else, it begins again after a pause.
        """
        watched = self._all[name] = Watched(name, kind)
        watched.task = asyncio.create_task(self._keep_going(watched, work), name=name)
        watched.task.add_done_callback(lambda _: self._forget(watched))
        return watched.task

    def names(self) -> list[str]:
        """Return what runs."""
        return list(self._all)

    async def end(self) -> None:
        """Cancel all of it, and wait until it has ended."""
        tasks = [watched.task for watched in self._all.values()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def problems(self) -> Iterator[Problem]:
        """Yield what failed lately."""
        for watched in self._all.values():
            if not watched.is_well():
                times = "once" if watched.restarts == 1 else f"{watched.restarts} times"
                why = f"{watched.name} failed and was started again, {times}: {watched.error}"
                yield Problem(watched.kind, watched.name, why, severe=watched.failures >= 3)

    async def _keep_going(self, watched: Watched, work: Work) -> None:
        while True:
            try:
                return await _apart(work, watched.name)
            except (Exception, asyncio.CancelledError) as error:
                if _is_cancelled():
                    raise
                watched.note(error)
                self.restarts += 1
                log.error("task_failed", task=watched.name, restarts=watched.restarts, exc_info=error)
            await asyncio.sleep(self._pause_s(watched.failures))

    def _forget(self, watched: Watched) -> None:
        if self._all.get(watched.name) is watched:
            del self._all[watched.name]


async def _apart(work: Work, name: str) -> None:
    """Do work in a task of its own, so that what cancels it is told from what cancels us."""

    async def run() -> None:
        await work()

    task = asyncio.create_task(run(), name=f"{name} (work)")
    try:
        await asyncio.wait([task])  # awaited itself, it would get our cancellation, and could lose it
    finally:
        while not task.done():  # Python 3.11's wait_for() loses a cancellation that comes with its result
            task.cancel()
            await asyncio.wait([task], timeout=END_AGAIN_S)
    task.result()


def _is_cancelled() -> bool:
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0


def _pause_s(failures: int) -> float:
    """Return how long to wait after so many failures: longer each time, up to a minute, unevenly."""
    return min(FIRST_PAUSE_S * 2.0 ** min(failures - 1, 16), LONGEST_PAUSE_S) * random.uniform(0.75, 1.25)
