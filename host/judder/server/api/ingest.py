"""Windows come in over HTTP."""

from aiohttp import web
from judder_core import wire
from judder_core.window import AXES, Window

from judder.data import frames
from judder.server.api.bodies import read_body, require_length
from judder.server.api.guards import admit
from judder.server.api.keys import CLOCK_US, INGEST
from judder.server.api.replies import RequestError, reply


async def post_windows(request: web.Request) -> web.Response:
    """Take one frame or several; answer for the last of them."""
    require_length(request)
    if request.content_type != wire.CONTENT_TYPE:
        raise RequestError(
            415, f"Content type is {request.content_type}.", hint=f"Send frames as {wire.CONTENT_TYPE}."
        )
    windows = frames.decode_windows(await read_body(request))
    for window in windows:
        _require_samples(window)
    admit(request, *{window.device_id.hex() for window in windows})
    return reply(await request.app[INGEST].take_all(windows, request.app[CLOCK_US]))


def _require_samples(window: Window) -> None:
    """Raise RequestError unless window has what the server judges and keeps."""
    if window.counts and window.axes == AXES:
        return
    has = f"{window.axes} axes" if window.counts else "no samples"
    raise RequestError(
        400,
        f"Window {window.seq} has {has}; this server judges samples of {AXES} axes.",
        hint="Update the server, or let the board send all its samples.",
    )
