"""Stored windows over HTTP."""

from aiohttp import web

from judder.server.api.keys import CLOCK_US, WINDOWS
from judder.server.api.parameters import BOOT_ID, DEVICE, OF_DEVICE, POINTS, SECONDS, SEQ, WINDOWS_LISTED
from judder.server.api.replies import reply
from judder.server.storage.rows import as_dict


async def list_windows(request: web.Request) -> web.Response:
    """List the newest windows, without their samples."""
    found = await request.app[WINDOWS].newest(WINDOWS_LISTED.asked(request), OF_DEVICE.asked(request))
    return reply({"windows": [as_dict(window) for window in found]})


async def get_window(request: web.Request) -> web.Response:
    """Return one window with its samples: x, y, z in g."""
    name = DEVICE.of(request), BOOT_ID.of(request), SEQ.of(request)
    return reply(await request.app[WINDOWS].with_samples(*name))


async def list_scores(request: web.Request) -> web.Response:
    """Return a board's scores of the last seconds, the highest of each step."""
    now_us, span = request.app[CLOCK_US](), (SECONDS.asked(request), POINTS.asked(request))
    steps = await request.app[WINDOWS].scores(DEVICE.of(request), *span, now_us)
    return reply({"scores": [as_dict(step) for step in steps], "server_time_us": now_us})
