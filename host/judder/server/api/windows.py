"""Stored windows, read again: the newest ones, one with its samples, the scores of a long time."""

from typing import Any

import numpy as np
from aiohttp import web

from judder.server.api.keys import CLOCK_US, STORE
from judder.server.api.parameters import BOOT_ID, DEVICE, OF_DEVICE, POINTS, SECONDS, SEQ, WINDOWS_LISTED
from judder.server.api.replies import reply
from judder.server.services.errors import NotFound

LIST_COLUMNS = (
    "device, boot_id, seq, received_us, timestamp_us, flags, sample_rate_hz, scale_g, judged_by, model_id,"
    " score, threshold, combined_score, combined_threshold, p_value, anomaly, alert, state, why, recording"
)
DIGITS = 6
"""Of g. A count of the finest sensor is 0.00006 g."""
SCORES = """
SELECT (received_us - :since_us) / :step_us AS bucket, max(received_us) AS at_us,
    max(combined_score) AS score, max(combined_threshold) AS threshold, min(p_value) AS p_value,
    max(alert) AS alert, count(*) AS windows
FROM windows WHERE device = :device AND received_us >= :since_us GROUP BY bucket ORDER BY bucket
"""
"""The highest score of each step survives: a fault of one second shows in a week's plot."""


async def list_windows(request: web.Request) -> web.Response:
    """List the newest windows, without their samples."""
    device, limit = OF_DEVICE.asked(request), WINDOWS_LISTED.asked(request)
    rows = await request.app[STORE].query(
        f"SELECT {LIST_COLUMNS} FROM windows WHERE ? IS NULL OR device = ? ORDER BY rowid DESC LIMIT ?",
        *(device, device, limit),
    )
    return reply({"windows": rows})


async def get_window(request: web.Request) -> web.Response:
    """Return one window with its samples: x, y, z in g."""
    device, boot_id, seq = DEVICE.of(request), BOOT_ID.of(request), SEQ.of(request)
    rows = await request.app[STORE].query(
        f"SELECT {LIST_COLUMNS}, typecode, counts FROM windows WHERE device = ? AND boot_id = ? AND seq = ?",
        *(device, boot_id, seq),
    )
    if not rows:
        raise NotFound(
            f"There is no window {seq} of {device}.",
            hint="Windows of no recording are kept for keep_days.",
        )
    return reply(_with_samples(rows[0]))


def _with_samples(row: dict[str, Any]) -> dict[str, Any]:
    """Return a window's row with x, y, z in the place of its counts."""
    counts, typecode = row.pop("counts"), row.pop("typecode")
    samples = np.frombuffer(counts, "<i2" if typecode == "h" else "<f4").reshape(-1, 3) * row["scale_g"]
    axes = np.round(samples.astype(np.float64).T, DIGITS).tolist()
    return {**row, **dict(zip("xyz", axes, strict=True))}


async def list_scores(request: web.Request) -> web.Response:
    """Return a board's scores of the last seconds, the highest of each step."""
    seconds, points = SECONDS.asked(request), POINTS.asked(request)
    now_us = request.app[CLOCK_US]()
    span = {"since_us": now_us - seconds * 1_000_000, "step_us": max(1, seconds * 1_000_000 // points)}
    rows = await request.app[STORE].query(SCORES, {"device": DEVICE.of(request), **span})
    return reply({"scores": rows, "server_time_us": now_us})
