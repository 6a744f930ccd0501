"""The board's clock: when it reads the sensor, and so which of the sensor's outputs it finds.

A poll takes the newest output: stale readings, repeated ones and lines in wrong places follow from that. A
board that waits for the sensor's new-data signal reads nothing twice; what it comes too late for is lost.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from judder.simulation.grid import Floats
from judder.simulation.options import FanOptions

BATCH = 4096
LATEST_S = 0.010
STALL_EVERY_S = 30.0
ROUNDING = 1e-6


class Polls:
    """Which output each reading finds, reading after reading."""

    def __init__(self, options: FanOptions, rng: np.random.Generator) -> None:
        self._options, clock = options, options.clock
        odr_hz = options.true_odr_hz
        self._polled = polled = options.odr_hz is not None
        self._period_s = (1 + clock.crystal_ppm / 1e6) / options.sample_rate_hz if polled else 1 / odr_hz
        self._phase_s = rng.uniform() / odr_hz if polled else 0.0
        self._rng, self._late, self._gc, self._stall = rng.spawn(4)
        self._made, self._latest_s, self._lost_s = 0, 0.0, 0.0
        self._collect_s = self._next_collection(0.0)
        self._stall_s = options.fault_from_s + self._stall.uniform(0, STALL_EVERY_S)
        self._waiting, self._newest = np.empty(0, np.int64), -1

    def before(self, output: int) -> NDArray[np.int64]:
        """Return the next readings' outputs, all that are below output."""
        while not len(self._waiting) or self._waiting[-1] < output:
            found = np.floor(self._times() * self._options.true_odr_hz + ROUNDING).astype(np.int64)
            if not self._polled:
                found = found[np.diff(found, prepend=self._newest) > 0]
                self._newest = int(found[-1])
            self._waiting = np.concatenate([self._waiting, found])
        cut = int(np.searchsorted(self._waiting, output))
        taken, self._waiting = self._waiting[:cut], self._waiting[cut:]
        return taken

    def _times(self) -> Floats:
        """Return when the next BATCH readings take place, s, in order."""
        due = self._phase_s + (self._made + np.arange(BATCH)) * self._period_s
        self._made += BATCH
        times = self._stalled(due) + self._lateness()
        self._hold_up(times)
        times = np.maximum.accumulate(np.maximum(times, self._latest_s))
        self._latest_s = float(times[-1])
        return times

    def _lateness(self) -> Floats:
        clock = self._options.clock
        late_s = np.abs(self._rng.standard_normal(BATCH)) * clock.jitter_us / 1e6
        if clock.late_share:
            more = np.minimum(self._late.exponential(clock.late_ms / 1000, BATCH), LATEST_S)
            late_s += more * (self._late.uniform(size=BATCH) < clock.late_share)
        return late_s

    def _stalled(self, due: NDArray[Any]) -> Floats:
        """Return due, later from each stall of the bus on: what it missed is lost."""
        due = due.astype(np.float64) + self._lost_s
        while self._options.has("stall") and self._stall_s < due[-1]:
            due[due >= self._stall_s] += self._options.size("stall")
            self._lost_s += self._options.size("stall")
            self._stall_s += self._options.size("stall") + STALL_EVERY_S * self._stall.uniform(0.5, 1.5)
        return due

    def _hold_up(self, times: Floats) -> None:
        """Make what falls into a garbage collection wait for its end; the timer catches up after it."""
        while self._collect_s < times[-1]:
            ends_s = self._collect_s + self._gc.uniform(0.005, 0.020)
            times[(times >= self._collect_s) & (times < ends_s)] = ends_s
            self._collect_s = self._next_collection(ends_s)

    def _next_collection(self, after_s: float) -> float:
        every_s = self._options.clock.gc_s
        return after_s + every_s * self._gc.uniform(0.5, 1.5) if every_s else np.inf


def measured_rate_hz(options: FanOptions) -> float:
    """Return the sample rate the board reports, by its own clock."""
    if options.odr_hz is not None:
        return options.sample_rate_hz
    return options.true_odr_hz * (1 + options.clock.crystal_ppm / 1e6)
