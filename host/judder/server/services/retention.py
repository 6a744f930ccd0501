"""A disk that lives for years: what is too old or too much goes, in small steps beside the windows that come.

The budget (keep_gb) and a disk that is nearly full take the oldest windows, but none of the last hour: not of
that of the clock, and not of that which the server ran. Age takes windows only by time that surely passed: a
gap of the clock makes nothing old. Recordings and alerts stay.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from functools import partial

import structlog

from judder.server.services.lived import LivedTime
from judder.server.services.recordings import Recordings
from judder.server.services.steady import Steady
from judder.server.services.sums import DAY_US, HOUR_US, Sums
from judder.server.storage.rows import Ages, Forgotten, Gap, Space
from judder.server.storage.store import Store, StoreError, Unit

MOST_ROWS = 200
"""Per step: some 10 ms."""
IDLE_S = 5.0
LEAST_PAUSE_S = 0.01
PAUSES = 2.0
"""Times a step took: so long the disk belongs to whoever else wants it."""
RETRY_S = 1.0
TELL_EVERY_S = 600.0
SPARE_BYTES = 16_000_000
"""Free pages that stay in the file, for the windows to come."""
MOST_WAITING_BYTES = 48_000_000
"""Of the WAL: while a reader holds it, nothing is dropped."""
WHOLE_AT_LEAST_US = HOUR_US
"""A full disk takes no window that is younger."""
MINUTES_SPAN = 20
"""Minutes may reach back so many times as far as whole windows: then they take a quarter of the budget."""
FULL_OF_RECORDINGS = "Recordings and the last hour take more than keep_gb: delete recordings, or raise it."
FULL_OF_OTHERS = "The disk is nearly full, and no window that may go would help: give it room."
SUMS_KEPT_US = {HOUR_US: 400 * DAY_US, DAY_US: 3_650 * DAY_US}

log = structlog.get_logger()


@dataclass(frozen=True)
class Budget:
    """What may be kept. size: bytes, None for whatever the disk has. age_us: of windows of no recording, and
    of a recording in the trash. minutes_us: of the window a minute that stays of them.
    """

    size: int | None
    age_us: int
    minutes_us: int


def surely_before(now_us: int, age_us: int, gaps: Iterable[Gap]) -> int:
    """Return the time since which age_us has surely passed: gaps do not count. gaps: the newest first.

    >>> surely_before(1000, 100, []), surely_before(1000, 100, [Gap(500, 950), Gap(100, 200)])
    (900, 450)
    """
    before_us = now_us - age_us
    for gap in gaps:
        if gap.end_us <= before_us:
            break
        before_us -= gap.end_us - gap.begin_us
    return before_us


class Retention:
    """trouble: why it could drop nothing the last time, None where it could."""

    def __init__(
        self, store: Store, recordings: Recordings, sums: Sums, steady: Steady, budget: Budget
    ) -> None:
        self._store = store
        self._recordings = recordings
        self._sums = sums
        self._steady = steady
        self._budget = budget
        self._lived = LivedTime(store, steady)
        self._new_gaps: list[Gap] = []
        self._told, self._tell_s = 0, 0.0
        self._is_refused = False
        self.trouble: str | None = None

    async def load(self) -> None:
        """Let the clock go on after what is stored, and keep what it skips before a window comes."""
        self._steady.on_gap = self._new_gaps.append
        self._steady.resume(await self._store.read(lambda unit: unit.windows.newest_us()))
        await self._lived.load()
        self._told = await self._store.read(lambda unit: unit.windows.dropped())
        with suppress(StoreError):  # a full disk: they are kept with the first step that has room
            await self._note_time()

    async def run(self) -> None:
        """Work until cancelled."""
        while True:
            begun_s = time.monotonic()
            worked = await self.work()
            took_s = time.monotonic() - begun_s
            await asyncio.sleep(max(LEAST_PAUSE_S, PAUSES * took_s) if worked else IDLE_S)

    async def work(self) -> bool:
        """Do a step; where the disk refuses, let go of the reserve. Return whether there may be more."""
        try:
            worked = await self.step()
            self._is_refused = False
            return worked
        except StoreError as error:
            if not self._is_refused:
                log.warning("retention_failed", why=str(error))
            self._is_refused, self.trouble = True, str(error)
            await asyncio.sleep(RETRY_S)
            await self._make_room()
            return True

    async def _make_room(self) -> None:
        try:
            await self._store.make_room()
        except StoreError as error:
            self.trouble = str(error)

    async def step(self) -> bool:
        """Do what is to be done next, a little of it; return whether there may be more."""
        await self._note_time()
        space = await self._store.space()
        if space.waiting > MOST_WAITING_BYTES:
            await self._store.tidy(SPARE_BYTES)
            return False
        self.trouble = None
        works = self._sum, self._forget, partial(self._fit, space), self._drop_old
        worked = await _first(works)
        if not worked:
            await self._tell()
        is_more = await self._store.tidy(0 if space.is_short else SPARE_BYTES)
        return worked or is_more

    async def _note_time(self) -> None:
        """Keep how long the server ran, and the gaps of its clock, before anything is dropped by its age."""
        await self._lived.step()
        gaps = list(self._new_gaps)
        if gaps:
            await self._store.write(partial(_note, gaps=gaps))
            del self._new_gaps[: len(gaps)]

    async def _tell(self) -> None:
        """Log how many windows were dropped since it was told the last time; not too often."""
        if time.monotonic() < self._tell_s:
            return
        dropped = await self._store.read(lambda unit: unit.windows.dropped())
        if dropped > self._told:
            log.info("windows_dropped", windows=dropped - self._told, in_all=dropped)
            self._told, self._tell_s = dropped, time.monotonic() + TELL_EVERY_S

    async def _forget(self) -> bool:
        """Drop windows of boards that were deleted."""
        for board in await self._store.read(lambda unit: unit.upkeep.forgotten()):
            await self._store.write(partial(_forget, board=board))
            return True
        return False

    async def _fit(self, space: Space) -> bool:
        """Drop the oldest windows where they take more than the budget, or the disk is nearly full."""
        is_over = self._budget.size is not None and space.used > self._budget.size
        if not (is_over or space.is_short):
            return False
        now_us = self._steady.now_us()
        gaps = await self._store.read(lambda unit: unit.upkeep.gaps())
        ages = await self._store.read(lambda unit: unit.windows.ages())
        drop = _to_fit(ages, now_us, min(surely_before(now_us, WHOLE_AT_LEAST_US, gaps), self._young_us()))
        if drop is None or await self._store.write(drop) == 0:
            self.trouble = FULL_OF_OTHERS if space.is_short else FULL_OF_RECORDINGS
            return False
        return True

    def _young_us(self) -> int:
        """Return since when windows stay, whatever the clock says of their age."""
        return self._lived.came_after(WHOLE_AT_LEAST_US)

    async def _drop_old(self) -> bool:
        """Drop what is older than the budget keeps it. Nothing is, while the clock is in doubt."""
        now_us = self._steady.now_us()
        if self._steady.doubt is not None:
            return False
        gaps = await self._store.read(lambda unit: unit.upkeep.gaps())
        before = partial(surely_before, now_us, gaps=gaps)
        ages = await self._store.read(lambda unit: unit.windows.ages())
        if _is_before(ages.whole_us, whole_us := min(before(self._budget.age_us), self._young_us())):
            return await self._store.write(lambda unit: unit.windows.thin(whole_us, MOST_ROWS)) > 0
        if _is_before(ages.minutes_us, minutes_us := before(self._budget.minutes_us)):
            return await self._store.write(lambda unit: unit.windows.drop_minutes(minutes_us, MOST_ROWS)) > 0
        return await self._empty_trash(before(self._budget.age_us)) or await self._drop_sums(before)

    async def _empty_trash(self, before_us: int) -> bool:
        for recording in self._recordings.trashed_before(before_us):
            number = recording.id
            if not await self._store.write(lambda unit, n=number: unit.windows.drop_recorded(n, MOST_ROWS)):  # type: ignore[misc]
                await self._recordings.drop(recording)
            return True
        return False

    async def _drop_sums(self, before: Callable[[int], int]) -> bool:
        def drop(unit: Unit) -> int:
            return sum(unit.sums.prune(step, before(kept), MOST_ROWS) for step, kept in SUMS_KEPT_US.items())

        return await self._store.write(drop) > 0

    async def _sum(self) -> bool:
        return await self._sums.step(self._steady.now_us())


async def _first(works: Iterable[Callable[[], Awaitable[bool]]]) -> bool:
    """Do works until one had something to do; return whether one had."""
    for work in works:
        if await work():
            return True
    return False


def _note(unit: Unit, gaps: Iterable[Gap]) -> None:
    for gap in gaps:
        unit.upkeep.note_gap(gap)


def _forget(unit: Unit, board: Forgotten) -> None:
    if not unit.windows.drop_of(board.device, board.before_us, MOST_ROWS):
        unit.upkeep.forgot(board.device)


def _to_fit(ages: Ages, now_us: int, young_us: int) -> Callable[[Unit], int] | None:
    """Return what drops the windows that are missed least; None where those that are left must stay.

    young_us: whole windows that came since then stay.
    """
    whole_us = now_us if ages.whole_us is None else ages.whole_us
    if ages.minutes_us is not None and whole_us - ages.minutes_us > MINUTES_SPAN * (now_us - whole_us):
        return lambda unit: unit.windows.drop_minutes(whole_us, MOST_ROWS)
    if whole_us < young_us:
        return lambda unit: unit.windows.thin(young_us, MOST_ROWS)
    if ages.minutes_us is not None:
        return lambda unit: unit.windows.drop_minutes(whole_us, MOST_ROWS)
    return None


def _is_before(at_us: int | None, before_us: int) -> bool:
    return at_us is not None and at_us < before_us
