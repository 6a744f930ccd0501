"""Stored windows, read again: the newest ones, one with its samples, the scores of a long time."""

from typing import Any

import numpy as np
from aiohttp import web

from judder.server.api.keys import CLOCK_US, STORE
from judder.server.api.parameters import BOOT_ID, DEVICE, OF_DEVICE, POINTS, SECONDS, SEQ, WINDOWS_LISTED
from judder.server.api.replies import reply
from judder.server.services.errors import NotFound
from judder.server.storage.rows import StoredWindow, as_dict

DIGITS = 6
"""Of g. A count of the finest sensor is 0.00006 g."""


async def list_windows(request: web.Request) -> web.Response:
    """List the newest windows, without their samples."""
    device, limit = OF_DEVICE.asked(request), WINDOWS_LISTED.asked(request)
    found = await request.app[STORE].read(lambda unit: unit.windows.newest(limit, device))
    return reply({"windows": [as_dict(window) for window in found]})


async def get_window(request: web.Request) -> web.Response:
    """Return one window with its samples: x, y, z in g."""
    device, boot_id, seq = DEVICE.of(request), BOOT_ID.of(request), SEQ.of(request)
    found = await request.app[STORE].read(lambda unit: unit.windows.find(device, boot_id, seq))
    if found is None:
        raise NotFound(
            f"There is no window {seq} of {device}.",
            hint="Windows of no recording are kept for keep_days.",
        )
    return reply(_with_samples(found))


def _with_samples(window: StoredWindow) -> dict[str, Any]:
    """Return a window with x, y, z in the place of its counts."""
    shown = as_dict(window)
    counts = np.frombuffer(shown.pop("counts"), "<i2" if shown.pop("typecode") == "h" else "<f4")
    samples = counts.reshape(-1, 3) * window.scale_g
    axes = np.round(samples.astype(np.float64).T, DIGITS).tolist()
    return {**shown, **dict(zip("xyz", axes, strict=True))}


async def list_scores(request: web.Request) -> web.Response:
    """Return a board's scores of the last seconds, the highest of each step."""
    seconds, points = SECONDS.asked(request), POINTS.asked(request)
    now_us, device = request.app[CLOCK_US](), DEVICE.of(request)
    since_us, step_us = now_us - seconds * 1_000_000, max(1, seconds * 1_000_000 // points)
    steps = await request.app[STORE].read(lambda unit: unit.windows.scores(device, since_us, step_us))
    return reply({"scores": [as_dict(step) for step in steps], "server_time_us": now_us})
