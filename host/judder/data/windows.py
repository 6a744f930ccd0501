"""Windows cut from recordings, chosen by condition and split in time."""

import fnmatch
import numbers
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Self

import numpy as np
from judder_core import features as feature_sets
from numpy.typing import NDArray

from judder.data.recording import Recording, check_rate
from judder.engine import numeric_numpy
from judder.errors import JudderError
from judder.text import rate

REFERENCE_RATE_HZ = 200.0
ARRAYS = ("samples", "scale_g", "condition", "recording", "index", "start_row", "group")
"""The fields of Windows that have a value for each."""
CHUNK = 8192
"""Windows whose features are computed at once: a day of them would take gigabytes."""


@dataclass(frozen=True, repr=False)
class Windows:
    """n windows of one length, recording after recording, each recording's in time order.

    samples: (n, window_len, 3), counts or g; scale_g: (n,), 1 where samples are in g. index numbers the
    windows inside their recording, start_row is the row of the first sample there. recordings: what they were
    cut from, and maybe more. notes: sentences on what was assumed of these.
    """

    samples: NDArray[Any]
    scale_g: NDArray[np.float64]
    condition: NDArray[np.str_]
    recording: NDArray[np.str_]
    index: NDArray[np.int64]
    start_row: NDArray[np.int64]
    group: NDArray[np.str_]
    sample_rate_hz: float
    recordings: tuple[Recording, ...] = ()
    notes: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.samples)

    def __repr__(self) -> str:
        size = f"{len(self)} of {self.window_len} samples at {rate(self.sample_rate_hz)}"
        return f"<Windows: {size}, conditions: {list(dict.fromkeys(self.condition.tolist()))}>"

    @property
    def window_len(self) -> int:
        return int(self.samples.shape[1])

    def select(self, which: NDArray[Any]) -> Self:
        """Return the windows that which, a mask or indices, names."""
        return replace(self, **{name: getattr(self, name)[which] for name in ARRAYS})

    def by_recording(self) -> Iterator[NDArray[np.int64]]:
        """Yield the indices of each recording's windows, in time order."""
        for condition, name in dict.fromkeys(zip(self.condition, self.recording, strict=True)):
            yield np.flatnonzero((self.condition == condition) & (self.recording == name))

    def runs(self) -> Iterator[NDArray[np.int64]]:
        """Yield the indices of windows that follow one another without a gap."""
        for mine in self.by_recording():
            gaps = np.flatnonzero(np.diff(self.index[mine]) != 1) + 1
            yield from np.split(mine, gaps)

    @property
    def step_s(self) -> float:
        """Seconds from one window's start to the next's."""
        steps = [np.diff(self.start_row[run]) for run in self.runs()]
        known = np.concatenate([step for step in steps if len(step)] or [np.array([self.window_len])])
        return float(np.median(known)) / self.sample_rate_hz

    def in_g(self) -> NDArray[np.float64]:
        """Return the samples, (n, window_len, 3) in g."""
        samples: NDArray[np.float64] = self.samples * self.scale_g[:, None, None]
        return samples

    def of(self, conditions: Iterable[str]) -> Self:
        return self.select(np.isin(self.condition, list(conditions)))

    def features(self, name: str, pose: Sequence[float] | None = None) -> NDArray[np.float64]:
        """Return the feature set called name, (n, n_features). pose: gravity in g as a model was trained."""
        rows = []
        for start in range(0, len(self), CHUNK):
            part = slice(start, start + CHUNK)
            counts, scale_g = whole_counts(self.samples[part], self.scale_g[part])
            rows.append(np.stack(feature_sets.compute(numeric_numpy, name, counts, scale_g, pose), axis=-1))
        return np.concatenate(rows) if rows else np.empty((0, len(feature_sets.names(name))))


def concatenate(parts: Sequence[Windows]) -> Windows:
    """Return the windows of parts in one, all of one length and rate."""
    arrays: dict[str, Any] = {
        name: np.concatenate([getattr(part, name) for part in parts]) for name in ARRAYS
    }
    recordings = {id(recording): recording for part in parts for recording in part.recordings}
    return replace(parts[0], **arrays, recordings=tuple(recordings.values()))


def whole_counts(samples: NDArray[Any], scale_g: NDArray[Any]) -> tuple[NDArray[Any], NDArray[Any]]:
    """Return (counts, scale_g): samples where they are counts, else rounded in steps fine enough for 16 bits.

    Features are computed of whole numbers, so that every runtime comes to the same bits.
    """
    if samples.dtype.kind == "i":
        return samples, scale_g
    peak_g = float(np.abs(samples * np.reshape(scale_g, (-1, 1, 1))).max())
    step_g = 2.0 ** np.ceil(np.log2(max(peak_g, 1.0) / 32_000))
    counts = np.rint(samples * np.reshape(scale_g, (-1, 1, 1)) / step_g).astype(np.int16)
    return counts, np.full(len(samples), step_g)


def sample_rate_of(recordings: Sequence[Recording], given_hz: float | None) -> tuple[float, str | None]:
    """Return the recordings' sample rate and a warning, or None.

    It comes from given_hz, else from their metadata, else it is taken to be the reference's 200 Hz.
    """
    known = sorted({r.sample_rate_hz for r in recordings if r.sample_rate_hz is not None})
    if given_hz is not None:
        check_rate(given_hz)
        return given_hz, None
    if known and known[-1] / known[0] > 1.05:
        raise JudderError(
            f"The recordings were sampled at different rates: {', '.join(map(rate, known))}.",
            hint="Train on recordings of one rate.",
        )
    if known:
        return float(np.median(known)), None
    return REFERENCE_RATE_HZ, (
        "The recordings do not say their sample rate; 200 Hz, the reference's, is assumed. "
        "Say it with --sample-rate."
    )


def cut_windows(
    recordings: Sequence[Recording],
    sample_rate_hz: float,
    window_len: int | None = None,
    hop: int | None = None,
) -> Windows:
    """Cut the recordings into windows of window_len rows, hop apart, none across a segment's border.

    window_len: unless given, the recordings' most frequent segment length, at most 256. hop: window_len
    unless given.
    Raises JudderError where no segment is long enough, or a number of rows cannot be one.
    """
    window_len = _usual_length(recordings) if window_len is None else _rows("window_len", window_len)
    hop = window_len if hop is None else _rows("hop", hop)
    parts = [_cut(recording, window_len, hop) for recording in recordings]
    parts = [part for part in parts if len(part["samples"])]
    if not parts:
        longest = max((len(s.samples) for r in recordings for s in r.segments), default=0)
        raise JudderError(
            f"No stretch of the recordings is {window_len} rows long; the longest has {longest}.",
            hint=f"Use shorter windows: --window-len {max(16, longest)}",
        )
    dtype = np.int16 if all(part["samples"].dtype == np.int16 for part in parts) else np.float32
    columns: dict[str, Any] = {
        key: np.concatenate([part[key].astype(dtype) if key == "samples" else part[key] for part in parts])
        for key in parts[0]
    }
    return Windows(**columns, sample_rate_hz=sample_rate_hz, recordings=tuple(recordings))


def _rows(what: str, given: object) -> int:
    """Return a number of rows that somebody gave. Raises JudderError for what is no whole one above 0."""
    if not isinstance(given, numbers.Integral) or given < 1:
        raise JudderError(f"{what} is {given!r}.", hint="Give a whole number of rows above 0.")
    return int(given)


def _usual_length(recordings: Sequence[Recording]) -> int:
    lengths = np.array([len(segment.samples) for r in recordings for segment in r.segments])
    values, counts = np.unique(lengths, return_counts=True)
    return min(256, int(values[counts.argmax()])) if len(values) else 256


def _cut(recording: Recording, window_len: int, hop: int) -> dict[str, NDArray[Any]]:
    samples, start_rows = [], []
    for segment in recording.segments:
        for start in range(0, len(segment.samples) - window_len + 1, hop):
            samples.append(segment.samples[start : start + window_len])
            start_rows.append(segment.start_row + start)
    n = len(samples)
    return {
        "samples": np.array(samples) if n else np.empty((0, window_len, 3), np.int16),
        "scale_g": np.full(n, recording.scale_g or 1.0),
        "condition": np.full(n, recording.condition, dtype=object).astype(str),
        "recording": np.full(n, recording.name, dtype=object).astype(str),
        "index": np.arange(n),
        "start_row": np.array(start_rows, np.int64),
        "group": np.full(n, recording.group or recording.name, dtype=object).astype(str),
    }


def choose(recordings: Sequence[Recording], conditions: Iterable[str]) -> list[Recording]:
    """Return the recordings of conditions: whole names, last parts of them, or patterns with * and ?.

    Raises JudderError for one that names nothing.
    """
    chosen: dict[int, Recording] = {}
    for wanted in conditions:
        found = [r for r in recordings if r.condition == wanted] or [
            r
            for r in recordings
            if fnmatch.fnmatchcase(r.condition, wanted)
            or fnmatch.fnmatchcase(r.condition.split("/")[-1], wanted)
        ]
        if not found:
            there = ", ".join(sorted({r.condition for r in recordings}))
            raise JudderError(f"There is no condition {wanted}.", hint=f"The data have: {there}")
        chosen.update({id(recording): recording for recording in found})
    return [recording for recording in recordings if id(recording) in chosen]


def names_of(recordings: Iterable[Recording]) -> tuple[str, ...]:
    """Return the names of the recordings' conditions, each once, in their order."""
    return tuple(dict.fromkeys(recording.condition for recording in recordings))


def in_blocks(windows: Windows, shares: Sequence[float], gap: int | None = None) -> NDArray[np.int64]:
    """Return the block, 0 to len(shares) - 1, of each window: consecutive stretches of its recording.

    shares: how long each stretch is, relative to the others. Windows at the end of a block that come
    within gap rows of the next (a window's length unless given) get -1: no two blocks share rows.
    """
    number = np.full(len(windows), -1)
    gap = windows.window_len if gap is None else gap
    ends = np.cumsum(shares) / np.sum(shares)
    for mine in windows.by_recording():
        borders = np.round(ends * len(mine)).astype(int)
        block = np.searchsorted(borders, np.arange(len(mine)), side="right")
        start_row = windows.start_row[mine]
        for border in borders[:-1]:
            if 0 < border < len(mine):
                too_near = start_row[:border] > start_row[border] - windows.window_len - gap
                block[:border][too_near] = -1
        number[mine] = block
    return number
