"""All that the checks look at, worked out once."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from judder.dataset import cut_windows, sample_rate_of
from judder.recording import Recording

Floats = NDArray[np.float64]

AXES = "xyz"
LONGEST_WINDOW = 256


@dataclass(frozen=True)
class Axis:
    """One axis of one condition, in g."""

    mean: float
    sd: float
    mad: float
    low: float
    high: float


@dataclass(frozen=True)
class Condition:
    """What a condition holds. counts: all rows, (n, 3), in units of scale_g (1 where there is no grid)."""

    name: str
    recordings: tuple[Recording, ...]
    counts: Floats = field(repr=False)
    scale_g: float
    gridded: bool

    @property
    def step_g(self) -> float:
        """The sensor's step, 0 where there is no grid."""
        return self.scale_g if self.gridded else 0.0

    @cached_property
    def in_g(self) -> Floats:
        return self.counts * self.scale_g

    @cached_property
    def axes(self) -> list[Axis]:
        median = np.median(self.in_g, axis=0)
        mad = 1.4826 * np.median(np.abs(self.in_g - median), axis=0)
        columns = (self.in_g.mean(0), self.in_g.std(0), mad, self.in_g.min(0), self.in_g.max(0))
        return [Axis(*(float(column[k]) for column in columns)) for k in range(3)]


@dataclass(frozen=True)
class Survey:
    """conditions in the order of the data. rate_known: whether the data, or the user, say their rate."""

    conditions: tuple[Condition, ...]
    sample_rate_hz: float
    rate_known: bool

    @cached_property
    def window_len(self) -> int:
        """A length of which every condition has at least one window."""
        return min(
            LONGEST_WINDOW,
            *(max(len(s.samples) for r in c.recordings for s in r.segments) for c in self.conditions),
        )

    @property
    def resolution_hz(self) -> float:
        return self.sample_rate_hz / self.window_len

    @cached_property
    def windows(self) -> dict[str, Floats]:
        """The windows of each condition, (n, window_len, 3) in g, in time order."""
        return {c.name: windows_in_g(c.recordings, self.window_len) for c in self.conditions}

    @cached_property
    def spectra(self) -> dict[str, Floats]:
        """The mean power spectrum of each condition, axes summed, bins 0 to half the rate."""
        return {name: power_spectra(windows).mean(axis=0) for name, windows in self.windows.items()}

    @cached_property
    def poses(self) -> dict[str, Floats]:
        """The mean of each window, (n, 3) in g, in time order."""
        return {name: windows.mean(axis=1) for name, windows in self.windows.items()}


def survey(recordings: Sequence[Recording], sample_rate_hz: float | None = None) -> Survey:
    """Return the Survey of recordings, none of which is empty."""
    names = list(dict.fromkeys(recording.condition for recording in recordings))
    rate_hz, warning = sample_rate_of(recordings, sample_rate_hz)
    conditions = tuple(_condition(name, [r for r in recordings if r.condition == name]) for name in names)
    return Survey(conditions, rate_hz, warning is None)


def _condition(name: str, recordings: list[Recording]) -> Condition:
    scales = {recording.scale_g for recording in recordings}
    gridded = len(scales) == 1 and None not in scales
    scale_g = (next(iter(scales)) if gridded else None) or 1.0
    rows = [r.in_g() / scale_g for r in recordings]
    return Condition(name, tuple(recordings), np.concatenate(rows), scale_g, gridded)


def windows_in_g(recordings: Sequence[Recording], window_len: int) -> Floats:
    """Return the windows of recordings, (n, window_len, 3) in g."""
    windows = cut_windows(recordings, 1.0, window_len)
    return windows.samples * windows.scale_g[:, None, None]


def power_spectra(windows: Floats) -> Floats:
    """Return each window's power spectrum, (n, window_len // 2 + 1): mean removed, Hann, axes summed."""
    weighted = (windows - windows.mean(axis=1, keepdims=True)) * np.hanning(windows.shape[1] + 1)[:-1, None]
    power: Floats = (np.abs(np.fft.rfft(weighted, axis=1)) ** 2).sum(axis=2)
    return power
