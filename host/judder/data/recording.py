"""Recordings: what one condition's folder, archive member or server recording holds, in time order."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from judder.errors import JudderError
from judder.text import rate

STANDARD_GRAVITY = 9.80665
LONGEST_MEAN_G = 8.0
FINGERPRINT_ROWS = 1000
GRID_POWERS = range(8, 15)
"""Sensors' grids: 2^-8 to 2^-14 g per count."""
MOST_G = 1e6
"""What is beyond was measured by no accelerometer: shock sensors end at 1e5 g."""
MOST_HZ = 1e6
"""No model is of a rate beyond this."""

Samples = NDArray[Any]


@dataclass(frozen=True)
class Segment:
    """Consecutive rows: samples (n_rows, 3), int16 counts or float32 g; start_row numbers the first."""

    name: str
    start_row: int
    samples: Samples

    @property
    def stop_row(self) -> int:
        return self.start_row + len(self.samples)


@dataclass(frozen=True)
class Timing:
    """How the windows of one board came. dropped: missing between those that came. late: those flagged.

    rate_low_hz, rate_high_hz: between them lie 98 of 100 windows' measured rates.
    """

    windows: int
    dropped: int
    late: int
    rate_low_hz: float
    rate_high_hz: float


@dataclass(frozen=True, repr=False)
class Recording:
    """One run of the machine under one condition.

    scale_g: g per count, None where the samples are float32 in g. group: recordings or poses that belong
    together when data are split. notes: what was assumed or changed while reading. timing: None where nobody
    measured it.
    """

    condition: str
    name: str
    segments: tuple[Segment, ...]
    scale_g: float | None
    sample_rate_hz: float | None = None
    group: str | None = None
    notes: tuple[str, ...] = field(default=())
    timing: Timing | None = None

    def __post_init__(self) -> None:
        if self.sample_rate_hz is not None:
            check_rate(self.sample_rate_hz)

    def __repr__(self) -> str:
        how_fast = rate(self.sample_rate_hz) if self.sample_rate_hz else "a rate that nobody says"
        return f"<Recording {self.condition!r}: {self.rows} samples at {how_fast}>"

    @property
    def rows(self) -> int:
        return sum(len(segment.samples) for segment in self.segments)

    def in_g(self) -> Samples:
        """Return all rows (n, 3) as float64 in g."""
        return np.concatenate([segment.samples for segment in self.segments]) * (self.scale_g or 1.0)

    def fingerprint(self, start: int, stop: int) -> str:
        """Return 8 hex digits that tell rows start..stop of this recording from those of another."""
        parts = [
            segment.samples[max(0, start - segment.start_row) : max(0, stop - segment.start_row)]
            for segment in self.segments
            if segment.start_row < stop and segment.stop_row > start
        ]
        rows = np.concatenate(parts)[:FINGERPRINT_ROWS] if parts else np.empty((0, 3), np.int16)
        little = "<i2" if self.scale_g else "<f4"
        return hashlib.sha256(rows.astype(little).tobytes()).hexdigest()[:8]


def make_recording(
    condition: str,
    name: str,
    parts: Sequence[tuple[str, Samples]],
    *,
    sample_rate_hz: float | None = None,
    group: str | None = None,
) -> Recording:
    """Return the recording of parts, (segment name, samples (n, 3) in g), in time order.

    Samples on a sensor's grid become int16 counts, exactly; others stay float32. A mean length near
    9.8 is taken for m/s^2 and noted. Raises JudderError where there are none, or one cannot be.
    """
    _check(condition, parts)
    notes: tuple[str, ...] = ()
    if is_metric(np.concatenate([samples for _, samples in parts])):
        parts = [(part, samples / STANDARD_GRAVITY) for part, samples in parts]
        notes = ("The mean length is near 9.8: taken for m/s^2 and converted to g.",)
    scale_g = grid_scale(samples for _, samples in parts)
    starts = _start_rows(parts)
    segments = tuple(
        Segment(part, start, to_counts(samples, scale_g) if scale_g else samples.astype(np.float32))
        for (part, samples), start in zip(parts, starts, strict=True)
    )
    return Recording(condition, name, segments, scale_g, sample_rate_hz, group, notes)


def is_metric(samples: Samples) -> bool:
    """Return whether samples (n, 3) are in m/s^2, where gravity is 9.8, and not in g."""
    return float(np.linalg.norm(samples.mean(axis=0))) > LONGEST_MEAN_G


def check_rate(sample_rate_hz: object) -> None:
    """Raise JudderError unless sample_rate_hz is a number that can be one."""
    if not isinstance(sample_rate_hz, float | int) or not 0 < sample_rate_hz < MOST_HZ:
        raise JudderError(
            f"The sample rate is {sample_rate_hz!r}.", hint="Give the samples per second, a number above 0."
        )


def _check(condition: str, parts: Sequence[tuple[str, Samples]]) -> None:
    """Raise JudderError unless the samples are there, and each can be an acceleration in g."""
    if not any(len(samples) for _, samples in parts):
        raise JudderError(f"{condition} holds no samples.", hint="Leave it out, or record it again.")
    for _, samples in parts:
        if not np.isfinite(samples).all():
            raise JudderError(f"{condition} holds samples that are no finite numbers.", hint="Take them out.")
        if (np.abs(samples) > MOST_G).any():
            raise JudderError(
                f"{condition} holds samples beyond {MOST_G:g} g, which no sensor measures.",
                hint="Are they in g, and read with the right byte order?",
            )


def grid_scale(arrays: Iterable[Samples]) -> float | None:
    """Return the coarsest scale, g per count, on whose grid all values sit, or None.

    The tolerance, 1e-6 g, is what six printed decimals leave of a value; the counts must fit int16.
    """
    arrays = list(arrays)
    for power in GRID_POWERS:
        if all(_on_grid(samples * 2.0**power, 1e-6 * 2.0**power) for samples in arrays):
            return float(2.0**-power)
    return None


def _on_grid(scaled: Samples, tolerance: float) -> bool:
    counts = np.rint(scaled)
    fits = (counts >= -32768) & (counts <= 32767)
    return bool((fits & (np.abs(scaled - counts) <= tolerance)).all())


def to_counts(samples: Samples, scale_g: float) -> NDArray[np.int16]:
    return np.rint(samples / scale_g).astype(np.int16)


def _start_rows(parts: Sequence[tuple[str, Samples]]) -> list[int]:
    """Return the number of each part's first row.

    Equal parts named by number keep their place when others are missing, so that "trained on rows
    0 to 40000" stays true of a copy that lacks some files.
    """
    lengths = {len(samples) for _, samples in parts}
    if len(lengths) == 1 and all(name.isdigit() for name, _ in parts):
        return [int(name) * next(iter(lengths)) for name, _ in parts]
    return [int(start) for start in np.cumsum([0, *(len(samples) for _, samples in parts)])[:-1]]


def with_sample_rate(recordings: Iterable[Recording], sample_rate_hz: float | None) -> list[Recording]:
    """Return the recordings with their rate replaced, where one is given."""
    if sample_rate_hz is None:
        return list(recordings)
    return [replace(recording, sample_rate_hz=sample_rate_hz) for recording in recordings]
