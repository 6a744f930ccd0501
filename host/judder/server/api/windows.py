"""Stored windows, read again: the newest ones, one with its samples, the scores of a long time."""

from typing import Any

import numpy as np
from aiohttp import web

from judder.server.api.keys import CLOCK_US, STORE
from judder.server.api.replies import number, reply
from judder.server.services.errors import NotFound
from judder.server.storage.rows import StoredWindow, as_dict

DIGITS = 6
"""Of g. A count of the finest sensor is 0.00006 g."""
LONGEST_S = 31 * 86_400
MOST_POINTS = 2000


async def list_windows(request: web.Request) -> web.Response:
    """List the newest windows, without their samples; ?device= and ?limit= narrow it."""
    device, limit = request.query.get("device"), number(request, "limit", 100, most=1000)
    found = await request.app[STORE].read(lambda unit: unit.windows.newest(limit, device))
    return reply({"windows": [as_dict(window) for window in found]})


async def get_window(request: web.Request) -> web.Response:
    """Return one window with its samples: x, y, z in g."""
    path = request.match_info
    name = path["device"], int(path["boot_id"]), int(path["seq"])
    found = await request.app[STORE].read(lambda unit: unit.windows.find(*name))
    if found is None:
        raise NotFound(
            f"There is no window {path['seq']} of {path['device']}.",
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
    """Return a board's scores of the last ?seconds=, at most ?points= of them, the highest of each step."""
    seconds = number(request, "seconds", 3600, most=LONGEST_S)
    points = number(request, "points", 300, most=MOST_POINTS)
    now_us, device = request.app[CLOCK_US](), request.match_info["device"]
    since_us, step_us = now_us - seconds * 1_000_000, max(1, seconds * 1_000_000 // points)
    steps = await request.app[STORE].read(lambda unit: unit.windows.scores(device, since_us, step_us))
    return reply({"scores": [as_dict(step) for step in steps], "server_time_us": now_us})
