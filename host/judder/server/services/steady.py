"""The server's clock: wall time that never jumps back, and says when it is in doubt.

A wall clock may be put an hour back, a day ahead, or begin at 1970 until the network tells the time. So the
server counts time by the machine's ticks, begins with the wall clock, and follows it slowly. Where the wall
clock is ahead and stays so, as after the network told the time, the steady one skips: the time it skipped is
a gap, of which nobody knows whether it passed. No window is deleted for the age that a gap gave it.
"""

import time
from collections.abc import Callable

import structlog

from judder.server.storage.rows import Gap

EARLIEST_S = 1_735_689_600.0
"""2025-01-01: no Judder that counts by this clock is older."""
FURTHEST_S = 30 * 86_400.0
"""Windows that are further ahead than this came by a wrong clock; they do not set this one."""
DOUBT_S = 5.0
SETTLED_S = 60.0
"""A wall clock that ran evenly for so long is followed ahead."""
EVENLY_S = 1.0
SLEW = 0.5
"""How much faster or slower than the ticks the clock runs while it follows the wall."""
LONG_GAP_S = 3600.0

log = structlog.get_logger()


def machine_ticks() -> float:
    """Return seconds that only ever rise, with those that the machine slept where it can say so."""
    boot = getattr(time, "CLOCK_BOOTTIME", None)
    return time.monotonic() if boot is None else time.clock_gettime(boot)


class Steady:
    """wall: Unix time in seconds. ticks: seconds that only rise. Without them the machine's go with its own
    wall clock, and any other wall clock, such as a test's, is taken at its word.

    on_gap: is called with each gap, as it is skipped.
    """

    def __init__(
        self, wall: Callable[[], float] = time.time, ticks: Callable[[], float] | None = None
    ) -> None:
        self._wall = wall
        self._ticks = ticks or (machine_ticks if wall is time.time else wall)
        self._begun = self._last = self._ticks()
        self._start = self._now = wall()
        self._even_since, self._offset = self._begun, self._start - self._begun
        self._start_gap_s = 0.0
        self.on_gap: Callable[[Gap], object] = lambda gap: None

    def resume(self, newest_us: int | None) -> None:
        """Begin after the newest time that is stored, None where nothing is; later than EARLIEST_S anyway."""
        if self._ticks is self._wall:
            return
        newest = (newest_us or 0) / 1e6
        self._start = max(self._start, newest, EARLIEST_S)
        is_wall_wrong = self._now < EARLIEST_S
        trusted = newest if is_wall_wrong or newest <= self._now + FURTHEST_S else 0.0
        begin = max(self._now, trusted, EARLIEST_S)
        if trusted and begin - trusted > LONG_GAP_S:
            self._start_gap_s = begin - trusted
            self.on_gap(_gap(trusted, begin))
        self._now = begin

    def now_us(self) -> int:
        """Return Unix time in microseconds, never less than before."""
        ticks, wall = self._ticks(), self._wall()
        passed, self._last = max(0.0, ticks - self._last), ticks
        self._now += passed
        off = wall - self._now
        self._now += min(max(off, -SLEW * passed), SLEW * passed)
        if abs(wall - ticks - self._offset) > EVENLY_S:
            self._offset, self._even_since = wall - ticks, ticks
        elif off > DOUBT_S and ticks - self._even_since >= SETTLED_S:
            self._skip_to(wall)
        return int(self._now * 1e6)

    def signing_us(self) -> int:
        """Return the time that boards sign: that of the start and the ticks since, whatever the wall does."""
        return int((self._start + self._ticks() - self._begun) * 1e6)

    @property
    def doubt(self) -> str | None:
        """What is wrong with the clock, in a sentence; None where nothing is."""
        now = self.now_us() / 1e6
        off = self._wall() - now
        if abs(off) > DOUBT_S:
            side = "ahead of" if off > 0 else "behind"
            return f"The machine's clock is {_long(abs(off))} {side} the time that the server counts."
        if self._start_gap_s and self._last - self._begun < LONG_GAP_S:
            return f"Nothing was stored for {_long(self._start_gap_s)} before the start: is the clock right?"
        return None

    def _skip_to(self, wall: float) -> None:
        gap = _gap(self._now, wall)
        log.warning("clock_skipped", seconds=round(wall - self._now))
        self._now = wall
        self.on_gap(gap)


def _gap(begin_s: float, end_s: float) -> Gap:
    return Gap(int(begin_s * 1e6), int(end_s * 1e6))


def _long(seconds: float) -> str:
    """Return a duration as people say it.

    >>> _long(86_400 * 8), _long(5_400), _long(20)
    ('8 days', '90 min', '20 s')
    """
    for unit, size in (("days", 86_400), ("h", 3_600), ("min", 60)):
        if seconds >= 2 * size:
            return f"{seconds / size:.0f} {unit}"
    return f"{seconds:.0f} s"
