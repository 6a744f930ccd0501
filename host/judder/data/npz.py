"""Recordings in one .npz: lossless, small and quick to read."""

import json
import zipfile
import zlib
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path

import numpy as np

from judder.data.archives import require_bounded
from judder.data.recording import Recording, Samples, Segment, Timing, make_recording
from judder.data.whole import whole_file
from judder.errors import JudderError

FORMAT = "judder-recordings"
UNREADABLE = (
    zipfile.BadZipFile,
    zlib.error,
    ValueError,
    TypeError,
    OSError,
    EOFError,
    LookupError,
    MemoryError,
)
"""What a damaged file, or one that only has the name of an .npz, is refused with."""

LEAST_BYTES = 64_000_000
"""What a file may unpack to, however small it is: an hour of a sensor that is stuck."""


def write(recordings: Iterable[Recording], path: Path) -> list[Path]:
    """Write the recordings to path. Counts stay int16, other samples float32."""
    recordings = list(recordings)
    index = [
        {
            "condition": recording.condition,
            "name": recording.name,
            "scale_g": recording.scale_g,
            "sample_rate_hz": recording.sample_rate_hz,
            "group": recording.group,
            "notes": recording.notes,
            "timing": asdict(recording.timing) if recording.timing else None,
            "segments": [[s.name, s.start_row, len(s.samples)] for s in recording.segments],
        }
        for recording in recordings
    ]
    arrays = {
        f"recording{k}": np.concatenate([segment.samples for segment in recording.segments])
        for k, recording in enumerate(recordings)
    }
    header = json.dumps({"format": FORMAT, "version": 1, "recordings": index})
    path.parent.mkdir(parents=True, exist_ok=True)
    with whole_file(path) as file:
        np.savez_compressed(file, judder=np.array(header), **arrays)  # type: ignore[arg-type]
    return [path]


def read(path: Path) -> list[Recording]:
    """Return the recordings in path: as write() left them, or one array (n, 3) in g per condition."""
    try:
        with zipfile.ZipFile(path) as archive:
            require_bounded(path, archive, LEAST_BYTES)
        with np.load(path, allow_pickle=False) as arrays:
            if "judder" in arrays:
                return _read_own(arrays)
            return [_from_plain(path, name, arrays[name]) for name in arrays.files]
    except UNREADABLE as error:
        raise JudderError(f"{path} cannot be read: {error}.", hint="Copy it again.") from error


def _read_own(arrays: "np.lib.npyio.NpzFile") -> list[Recording]:
    recordings = []
    for k, entry in enumerate(json.loads(str(arrays["judder"]))["recordings"]):
        rows, segments, position = arrays[f"recording{k}"], [], 0
        for name, start_row, length in entry["segments"]:
            segments.append(Segment(name, start_row, rows[position : position + length]))
            position += length
        recordings.append(
            Recording(
                entry["condition"],
                entry["name"],
                tuple(segments),
                entry["scale_g"],
                entry["sample_rate_hz"],
                entry["group"],
                tuple(entry["notes"]),
                Timing(**entry["timing"]) if entry.get("timing") else None,
            )
        )
    return recordings


def _from_plain(path: Path, name: str, samples: Samples) -> Recording:
    if samples.ndim not in (2, 3) or samples.shape[-1] != 3 or samples.dtype.kind not in "iuf":
        raise JudderError(
            f"{path} has the array {name} of shape {samples.shape}; expected rows of x, y, z in g: (n, 3).",
            hint="A trained model of the reference? Read it with: judder import",
        )
    rows = samples.astype(np.float64)
    windows = rows if rows.ndim == 3 else rows[np.newaxis]
    return make_recording(name, name, [(f"{k:04d}", window) for k, window in enumerate(windows)])
