"""What is kept of windows for years: a sum per board and hour, and one per board and day."""

from bisect import bisect_right
from collections.abc import Sequence
from itertools import accumulate
from typing import Any

from judder.server.services.devices import Devices
from judder.server.storage.levels import ALARM, NOTICE
from judder.server.storage.rows import Scored, Sum, as_dict
from judder.server.storage.store import Store, Unit

HOUR_US = 3_600_000_000
DAY_US = 24 * HOUR_US
BOUNDS = (0.25, 0.35, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0, 1.2, 1.5, 2.0, 3.0, 5.0)
"""Of the bins, in thresholds. A median of a sum is as exact as these are close."""
MOST_HOURS = 200
"""That are looked at in one step: after a long stop most are empty."""


def sum_up(device: str, step_us: int, begin_us: int, windows: Sequence[Scored]) -> Sum:
    """Return what comes of a board's windows of one step."""
    scores = [w.combined_score / w.combined_threshold for w in windows if _is_judged(w)]  # type: ignore[operator]
    bins = [0] * (len(BOUNDS) + 1)
    for score in scores:
        bins[bisect_right(BOUNDS, score)] += 1
    levels = [window.level for window in windows]
    counts = len(windows), len(scores), levels.count(NOTICE), levels.count(ALARM)
    return Sum(device, step_us, begin_us, *counts, max(scores, default=None), sum(scores), bins)


def _is_judged(window: Scored) -> bool:
    return window.combined_score is not None and bool(window.combined_threshold)


def join(step_us: int, begin_us: int, sums: Sequence[Sum]) -> Sum:
    """Return the sum of a board's sums, one at least, of a longer step."""
    highest = [one.highest for one in sums if one.highest is not None]
    added = ("windows", "judged", "notices", "alarms", "total")
    return Sum(
        device=sums[0].device,
        step_us=step_us,
        begin_us=begin_us,
        highest=max(highest, default=None),
        bins=[sum(each) for each in zip(*(one.bins for one in sums), strict=True)],
        **{name: sum(getattr(one, name) for one in sums) for name in added},
    )


def median(one: Sum) -> float | None:
    """Return the median score of a sum in thresholds, as its bins have it: within the bounds of one of them.

    >>> median(Sum("fan", 1, 0, 4, 4, 0, 0, 0.9, 2.0, [0, 0, 4] + [0] * 11))
    0.425
    """
    if not one.judged:
        return None
    below = [0, *accumulate(one.bins)]
    k = next(k for k in range(len(one.bins)) if below[k + 1] * 2 >= one.judged)
    low = BOUNDS[k - 1] if k else 0.0
    high = BOUNDS[k] if k < len(BOUNDS) else max(one.highest or low, low)
    return round(low + (high - low) * (one.judged / 2 - below[k]) / one.bins[k], 6)


class Sums:
    """Sums windows up, an hour of one board at a time, once that hour is over."""

    def __init__(self, store: Store, devices: Devices) -> None:
        self._store = store
        self._devices = devices
        self._next_us: dict[str, int] = {}

    async def step(self, now_us: int) -> bool:
        """Sum up an hour that is over; return whether there was one."""
        for device in self._devices.list():
            if self._next_us.get(device.id, 0) + HOUR_US <= now_us and await self._sum(device.id, now_us):
                return True
        return False

    async def _sum(self, device: str, now_us: int) -> bool:
        known_us = self._next_us.get(device)

        def find(unit: Unit) -> tuple[int, Sum | None]:
            return _first_hour(unit, device, known_us or _begin(unit, device), now_us)

        self._next_us[device], found = await self._store.read(find)
        if found is not None:
            await self._store.write(lambda unit: _keep(unit, found))
        return found is not None

    async def of(self, device: str, step_us: int, begin_us: int, end_us: int) -> list[dict[str, Any]]:
        """Return a board's sums as the API shows them, the oldest first."""
        found = await self._store.read(lambda unit: unit.sums.between(device, step_us, begin_us, end_us))
        return [{**as_dict(one), "median": median(one)} for one in found]


def _begin(unit: Unit, device: str) -> int:
    """Return where the hour begins that is to be summed first."""
    newest_us = unit.sums.newest_us(device, HOUR_US)
    if newest_us is not None:
        return newest_us + HOUR_US
    oldest_us = unit.windows.oldest_of_us(device)
    return 0 if oldest_us is None else oldest_us // HOUR_US * HOUR_US


def _first_hour(unit: Unit, device: str, begin_us: int, now_us: int) -> tuple[int, Sum | None]:
    """Return the first hour from begin_us on that is over and holds windows, and where the next begins."""
    if not begin_us:
        return 0, None
    for _ in range(MOST_HOURS):
        if begin_us + HOUR_US > now_us:
            break
        windows = unit.windows.scored(device, begin_us, begin_us + HOUR_US)
        begin_us += HOUR_US
        if windows:
            return begin_us, sum_up(device, HOUR_US, begin_us - HOUR_US, windows)
    return begin_us, None


def _keep(unit: Unit, hour: Sum) -> None:
    """Keep the sum of an hour, and that of its day as far as it is known."""
    unit.sums.keep(hour)
    day_us = hour.begin_us // DAY_US * DAY_US
    unit.sums.keep(join(DAY_US, day_us, unit.sums.between(hour.device, HOUR_US, day_us, day_us + DAY_US)))
