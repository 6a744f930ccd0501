"""All that the checks look at, worked out once."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from judder.data.recording import Recording
from judder.data.windows import cut_windows, sample_rate_of
from judder.engine.robust import mad
from judder.engine.spectrum import power_density

Floats = NDArray[np.float64]

AXES = "xyz"
LONGEST_WINDOW = 256
MOST_ROWS, MOST_WINDOWS = 1_000_000, 4_000
"""Of a condition; evenly chosen where there are more, so that weeks of data fit into memory."""


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
    """What a condition holds. in_g: its rows, (n, 3), evenly thinned where there are very many.

    step_g: the sensor's step, 0 where the samples sit on no grid.
    """

    name: str
    recordings: tuple[Recording, ...]
    in_g: Floats = field(repr=False)
    step_g: float

    @property
    def rows(self) -> int:
        return sum(recording.rows for recording in self.recordings)

    @cached_property
    def axes(self) -> list[Axis]:
        columns = (self.in_g.mean(0), self.in_g.std(0), mad(self.in_g), self.in_g.min(0), self.in_g.max(0))
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
        """The mean power density of each condition, axes summed, (bins,) in g^2/Hz."""
        return {
            name: power_density(windows, self.sample_rate_hz)[1].sum(axis=-1).mean(axis=0)
            for name, windows in self.windows.items()
        }

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
    share = MOST_ROWS // len(recordings)
    rows = np.concatenate([rows_in_g(recording, share) for recording in recordings])
    return Condition(name, tuple(recordings), rows, (scales.pop() if len(scales) == 1 else None) or 0.0)


def rows_in_g(recording: Recording, most: int = MOST_ROWS) -> Floats:
    """Return the rows of recording, (n, 3) in g, evenly thinned to at most that many."""
    rows = _thinned(np.concatenate([segment.samples for segment in recording.segments]), most)
    in_g: Floats = rows * (recording.scale_g or 1.0)
    return in_g


def windows_in_g(recordings: Sequence[Recording], window_len: int) -> Floats:
    """Return windows of recordings, (n, window_len, 3) in g, evenly thinned where there are very many."""
    windows = cut_windows(recordings, 1.0, window_len)
    return windows.select(_thinned(np.arange(len(windows)), MOST_WINDOWS)).in_g()


def _thinned(values: NDArray[Any], most: int) -> NDArray[Any]:
    return values[:: max(1, -(-len(values) // most))]
