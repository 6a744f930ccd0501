"""What a server recorded, read from its data folder; the server may be running."""

from itertools import groupby
from pathlib import Path

import numpy as np
from judder_core.window import FLAG_LATE, FLAG_LOST

from judder.data.recording import Recording, Samples, Segment, Timing
from judder.server.storage import folder
from judder.server.storage.rows import REFERENCE_PREFIX, StoredWindow
from judder.server.storage.store import Unit

LONGEST_GAP = 60
"""Windows. A longer gap is taken for a pause: a board may send nothing while no recording wants it."""
PERCENTILES = (1, 99)


def is_one(path: Path) -> bool:
    """Return whether path is a server's data folder."""
    return folder.is_one(path)


def read(data_dir: Path) -> list[Recording]:
    """Return what the server in data_dir recorded: one Recording per recording, board and pose.

    Each window is a segment, numbered in the order of its board. One that lost samples is left out, and
    counts as missing. The server may be running.
    """
    with folder.read_only(data_dir) as unit:
        found = groupby(unit.windows.recorded(), lambda row: (row[1].recording, row[1].device, row[1].pose))
        recordings = [_of_group(unit, list(group)) for _, group in found]
    return [recording for recording in recordings if recording]


def _of_group(unit: Unit, group: list[tuple[str, StoredWindow]]) -> Recording | None:
    """Return the recording of a group, None where no window is whole: gaps look like vibration."""
    windows = [window for _, window in group if not window.flags & FLAG_LOST]
    return _recording(group[0][0], windows, _timing(unit, [w for _, w in group])) if windows else None


def _timing(unit: Unit, windows: list[StoredWindow]) -> Timing | None:
    """Return how windows came; None for the reference's sketch, which sends neither numbers nor a clock."""
    return None if windows[0].device.startswith(REFERENCE_PREFIX) else timing_of(unit, windows)


def _recording(condition: str, windows: list[StoredWindow], timing: Timing | None) -> Recording:
    number, pose = windows[0].recording, windows[0].pose
    scale_g = _common_scale(windows)
    segments, start_row = [], 0
    for k, window in enumerate(windows):
        samples = _samples(window, scale_g)
        segments.append(Segment(f"{k:04d}", start_row, samples))
        start_row += len(samples)
    return Recording(
        condition,
        "-".join([f"{number}", windows[0].device, *([pose] if pose else [])]),
        tuple(segments),
        scale_g,
        float(np.median([window.sample_rate_hz for window in windows])),
        f"{number}-{pose}" if pose else f"{number}",
        timing=timing,
    )


def _common_scale(windows: list[StoredWindow]) -> float | None:
    """Return the finest scale of the windows, g per count, or None where they share no grid.

    A window of the reference's protocol gets the coarsest grid its values sit on, which may be twice its
    neighbour's.
    """
    scales = sorted({window.scale_g for window in windows})
    whole = all((scale / scales[0]).is_integer() for scale in scales)
    return scales[0] if whole and all(window.typecode == "h" for window in windows) else None


def _samples(window: StoredWindow, scale_g: float | None) -> Samples:
    """Return a window's samples (n, 3): counts of scale_g, or float32 g where that is None."""
    stored = np.frombuffer(window.counts, "<i2" if window.typecode == "h" else "<f4").reshape(-1, 3)
    factor = window.scale_g if scale_g is None else int(window.scale_g / scale_g)
    samples: Samples = stored * factor
    return samples.astype(np.float32 if scale_g is None else np.int16)


def timing_of(unit: Unit, windows: list[StoredWindow]) -> Timing:
    """Return the Timing of windows, one board's of one recording."""
    boots: dict[int, list[int]] = {}
    for window in windows:
        boots.setdefault(window.boot_id, []).append(window.seq)
    dropped = sum(_dropped(unit, windows[0].device, boot_id, seqs) for boot_id, seqs in boots.items())
    lost = sum(bool(window.flags & FLAG_LOST) for window in windows)
    late = sum(bool(window.flags & FLAG_LATE) for window in windows)
    low_hz, high_hz = np.percentile([window.sample_rate_hz for window in windows], PERCENTILES)
    return Timing(len(windows) - lost, dropped + lost, late, float(low_hz), float(high_hz))


def _dropped(unit: Unit, device: str, boot_id: int, seqs: list[int]) -> int:
    """Return how many windows of a boot are missing between the first and the last of seqs.

    Windows that another recording or pose took, or none, are there and not missing.
    """
    gaps = np.diff(unit.windows.numbers(device, boot_id, min(seqs), max(seqs))) - 1
    return int(gaps[gaps <= LONGEST_GAP].sum())
