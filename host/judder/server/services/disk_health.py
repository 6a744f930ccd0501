"""How much room the disk has, and how many days it lasts at the present rate."""

import shutil
from collections import deque
from collections.abc import Callable, Iterator
from pathlib import Path

from judder.server.services.problem import DISK, Problem

LEAST_BYTES, FEW_BYTES = 100_000_000, 1_000_000_000
FEW_DAYS = 3.0
SAMPLE_EVERY_US, SAMPLES = 60_000_000, 24 * 60
LEAST_SPAN_US = 600_000_000
"""A rate of less time says little: writing comes in bursts."""
DAY_US = 86_400_000_000


class DiskHealth:
    """The disk under one folder. free: returns its free bytes."""

    def __init__(
        self, folder: Path, clock_us: Callable[[], int], free: Callable[[], int] | None = None
    ) -> None:
        self._folder = folder
        self._clock_us = clock_us
        self._free = free or (lambda: shutil.disk_usage(folder).free)
        self._samples: deque[tuple[int, int]] = deque(maxlen=SAMPLES)  # (time, free bytes), one a minute

    def problems(self) -> Iterator[Problem]:
        """Yield what is wrong. Raises OSError where the folder is gone."""
        free, days = self._free(), self._days_left()
        if free < FEW_BYTES:
            sentence = f"The disk of {self._folder} has {free / 1e6:.0f} MB left."
            yield Problem(DISK, "", sentence, severe=free < LEAST_BYTES)
        elif days is not None and days < FEW_DAYS:
            yield Problem(DISK, "", f"The disk of {self._folder} is full in {days:.1f} days at this rate.")

    def _days_left(self) -> float | None:
        """Return the days until the disk is full, None where that cannot be said, or it does not fill up."""
        now_us, free = self._clock_us(), self._free()
        if not self._samples or abs(now_us - self._samples[-1][0]) >= SAMPLE_EVERY_US:
            self._samples.append((now_us, free))
        then_us, free_then = self._samples[0]
        if now_us - then_us < LEAST_SPAN_US or free >= free_then:
            return None
        return free / (free_then - free) * (now_us - then_us) / DAY_US
