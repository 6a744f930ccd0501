"""How a recording's windows came: which are missing, which are late, how the measured rate spreads."""

import sqlite3

import numpy as np
from judder_core.window import FLAG_LATE

from judder.recording import Timing

LONGEST_GAP = 60
"""Windows. A longer gap is taken for a pause: a board may send nothing while no recording wants it."""
PERCENTILES = (1, 99)


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
