"""What a server recorded, read from its data folder; the server may be running."""

import sqlite3
from pathlib import Path
from typing import Any

import numpy as np
from judder_core.window import FLAG_LATE

from judder.data.recording import Recording, Samples, Segment, Timing
from judder.server.storage.sqlite import FILE_NAME, REFERENCE_PREFIX

LONGEST_GAP = 60
"""Windows. A longer gap is taken for a pause: a board may send nothing while no recording wants it."""
PERCENTILES = (1, 99)


def is_one(path: Path) -> bool:
    """Return whether path is a server's data folder."""
    return (path / FILE_NAME).exists()


def read(data_dir: Path) -> list[Recording]:
    """Return what the server in data_dir recorded: one Recording a recording, board and pose.

    Each window is a segment, numbered in the order of its board; the server may be running.
    """
    with sqlite3.connect(f"file:{data_dir / FILE_NAME}?mode=ro", uri=True) as connection:
        connection.row_factory = sqlite3.Row
        rows = connection.execute(
            "SELECT recordings.condition, windows.* FROM windows JOIN recordings ON recording = recordings.id"
            " ORDER BY recording, device, windows.pose, received_us, boot_id, seq"
        ).fetchall()
        groups: dict[tuple[Any, ...], list[sqlite3.Row]] = {}
        for row in rows:
            groups.setdefault((row["recording"], row["device"], row["pose"]), []).append(row)
        return [_recording(mine, _timing(connection, mine)) for mine in groups.values()]


def _timing(connection: sqlite3.Connection, rows: list[sqlite3.Row]) -> Timing | None:
    """Return how rows came; None for the reference's sketch, which sends neither numbers nor a clock."""
    return None if rows[0]["device"].startswith(REFERENCE_PREFIX) else timing_of(connection, rows)


def _recording(rows: list[sqlite3.Row], timing: Timing | None) -> Recording:
    number, pose = rows[0]["recording"], rows[0]["pose"]
    scale_g = _common_scale(rows)
    segments, start_row = [], 0
    for k, row in enumerate(rows):
        samples = _samples(row, scale_g)
        segments.append(Segment(f"{k:04d}", start_row, samples))
        start_row += len(samples)
    return Recording(
        rows[0]["condition"],
        "-".join([f"{number}", rows[0]["device"], *([pose] if pose else [])]),
        tuple(segments),
        scale_g,
        float(np.median([row["sample_rate_hz"] for row in rows])),
        f"{number}-{pose}" if pose else f"{number}",
        timing=timing,
    )


def _common_scale(rows: list[sqlite3.Row]) -> float | None:
    """Return the finest scale of the windows, g per count, or None where they share no grid.

    A window of the reference's protocol gets the coarsest grid its values sit on, which may be twice its
    neighbour's.
    """
    scales = sorted({float(row["scale_g"]) for row in rows})
    whole = all((scale / scales[0]).is_integer() for scale in scales)
    return scales[0] if whole and all(row["typecode"] == "h" for row in rows) else None


def _samples(row: sqlite3.Row, scale_g: float | None) -> Samples:
    """Return a window's samples (n, 3): counts of scale_g, or float32 g where that is None."""
    stored = np.frombuffer(row["counts"], "<i2" if row["typecode"] == "h" else "<f4").reshape(-1, 3)
    samples: Samples = stored * row["scale_g"] if scale_g is None else stored * int(row["scale_g"] / scale_g)
    return samples.astype(np.float32 if scale_g is None else np.int16)


def timing_of(connection: sqlite3.Connection, rows: list[sqlite3.Row]) -> Timing:
    """Return the Timing of rows, one board's windows of one recording."""
    boots: dict[int, list[int]] = {}
    for row in rows:
        boots.setdefault(row["boot_id"], []).append(row["seq"])
    device = rows[0]["device"]
    dropped = sum(_dropped(connection, device, boot_id, seqs) for boot_id, seqs in boots.items())
    late = sum(bool(row["flags"] & FLAG_LATE) for row in rows)
    low_hz, high_hz = np.percentile([row["sample_rate_hz"] for row in rows], PERCENTILES)
    return Timing(len(rows), dropped, late, float(low_hz), float(high_hz))


def _dropped(connection: sqlite3.Connection, device: str, boot_id: int, seqs: list[int]) -> int:
    """Return how many windows of a boot are missing between the first and the last of seqs.

    Windows that another recording or pose took, or none, are there and not missing.
    """
    found = connection.execute(
        "SELECT seq FROM windows WHERE device = ? AND boot_id = ? AND seq BETWEEN ? AND ? ORDER BY seq",
        (device, boot_id, min(seqs), max(seqs)),
    )
    gaps = np.diff([row["seq"] for row in found]) - 1
    return int(gaps[gaps <= LONGEST_GAP].sum())
