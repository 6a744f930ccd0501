"""Whatever holds samples, as recordings and as windows: files, recordings, windows, arrays, data frames."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from judder.data.loading import load_recordings
from judder.data.recording import Recording, make_recording, with_sample_rate
from judder.data.windows import Windows, choose, cut_windows, in_blocks, names_of, sample_rate_of
from judder.errors import JudderError

Source = (
    str | Path | Recording | Sequence[Recording] | Windows | Mapping[str, Recording | ArrayLike] | ArrayLike
)
"""A path that load_recordings() reads; recordings; windows; samples in g, as an array (rows, 3) or
(n, window_len, 3) or as a data frame with the columns x, y and z; or a mapping from conditions to samples."""

UNNAMED = "normal"
"""The condition of samples that come without a name for it."""
COLUMNS = ["x", "y", "z"]
COUNTS_HINT = "Counts of a sensor become g by its scale: counts * scale_g."


def load(
    path: str | Path, conditions: str | Iterable[str] = (), *, sample_rate_hz: float | None = None
) -> list[Recording]:
    """Return the recordings in path: a folder of CSV folders, a .zip of it, an .npz, a .csv, or a server's
    data folder.

    conditions: only these; whole names, last parts of them, or patterns with * and ?. sample_rate_hz: taken
    instead of what the files say. Raises JudderError where there are none or one cannot be read.
    """
    return recordings_of(Path(path), conditions, sample_rate_hz=sample_rate_hz)


def recordings_of(
    data: Source, conditions: str | Iterable[str] = (), *, sample_rate_hz: float | None = None
) -> list[Recording]:
    """Return the recordings of conditions in data, all unless given. Raises JudderError."""
    found, names = _read(data), as_names(conditions)
    if not found:
        raise JudderError("There are no samples.", hint="Give at least one recording, or a path to some.")
    return with_sample_rate(choose(found, names) if names else found, sample_rate_hz)


def windows_of(
    data: Source,
    conditions: str | Iterable[str] = (),
    *,
    sample_rate_hz: float | None = None,
    window_len: int | None = None,
    hop: int | None = None,
) -> Windows:
    """Return the windows of conditions in data, all unless given; Windows are not cut anew.

    sample_rate_hz: where nobody says it, the reference's 200 Hz is assumed and noted. window_len, hop: as
    cut_windows() has them; an array of windows keeps its own. Raises JudderError.
    """
    if isinstance(data, Windows):
        names = as_names(conditions)
        return data.of(names_of(choose(data.recordings, names))) if names else data
    recordings = recordings_of(data, conditions)
    rate_hz, note = sample_rate_of(recordings, sample_rate_hz)
    windows = cut_windows(recordings, rate_hz, window_len_of(data) if window_len is None else window_len, hop)
    return replace(windows, notes=(note,)) if note else windows


def first_half(windows: Windows) -> Windows:
    """Return the windows of the first half, in time, of each recording."""
    return windows.select(in_blocks(windows, [1, 1], gap=0) == 0)


def as_names(conditions: str | Iterable[str]) -> list[str]:
    """Return conditions as a list, also where it is one name alone. Raises JudderError for no names."""
    is_one = isinstance(conditions, str | bytes) or not isinstance(conditions, Iterable)
    names: list[Any] = [conditions] if is_one else list(conditions)
    if wrong := [name for name in names if not isinstance(name, str)]:
        raise JudderError(
            f"{wrong[0]!r} is no name of a condition.",
            hint="Give names, or leave them out for all conditions.",
        )
    return names


def window_len_of(data: Source) -> int | None:
    """Return the length of the windows that data consists of; None where it is not cut yet."""
    shape: tuple[int, ...] = getattr(data, "shape", ())
    return shape[1] if len(shape) == 3 else None


def _read(data: Source) -> list[Recording]:
    if isinstance(data, str | Path):
        return load_recordings(Path(data))
    if isinstance(data, Recording):
        return [data]
    if isinstance(data, Windows):
        return list(data.recordings)
    if isinstance(data, Mapping):
        return [_recording(str(name), samples) for name, samples in data.items()]
    if isinstance(data, Sequence) and all(isinstance(each, Recording) for each in data):
        return list(data)
    return [_recording(UNNAMED, data)]


def _recording(condition: str, samples: Any) -> Recording:
    """Return samples in g, one run of the machine, as a recording; windows follow one another in time."""
    if isinstance(samples, Recording):
        return replace(samples, condition=condition)
    rows = _in_g(condition, samples)
    windows = rows if rows.ndim == 3 else rows[np.newaxis]
    return make_recording(condition, condition, [(f"{k:04d}", window) for k, window in enumerate(windows)])


def _in_g(condition: str, samples: Any) -> NDArray[np.float64]:
    """Return samples as float64, (rows, 3) or (n, window_len, 3). Raises JudderError for anything else."""
    if set(COLUMNS) <= set(getattr(samples, "columns", ())):
        samples = samples[COLUMNS]
    found = _array(samples)
    if found.dtype.kind != "f" or found.ndim not in (2, 3) or found.shape[-1] != 3 or not found.size:
        is_counts = found.dtype.kind in "iu"
        raise JudderError(
            f"{condition} is an array of {found.dtype.name} and shape {found.shape}; expected numbers in g, a"
            " row per sample x, y, z: (rows, 3), or (windows, rows, 3).",
            hint=COUNTS_HINT if is_counts else "numpy.asarray(samples, float) shows what is no number.",
        )
    return found.astype(np.float64)


def _array(samples: Any) -> NDArray[Any]:
    """Return samples as an array; NaN stands where a mask hides one, an array of objects for ragged lists."""
    if np.ma.is_masked(samples):
        return samples.astype(np.float64).filled(np.nan)  # type: ignore[no-any-return]
    try:
        return np.asarray(samples)
    except ValueError:
        return np.array(None)
