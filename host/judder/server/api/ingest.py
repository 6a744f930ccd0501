"""Windows come in over HTTP."""

from aiohttp import web
from judder_core import wire

from judder.data import frames
from judder.server.api.keys import CLOCK_US, INGEST
from judder.server.api.replies import RequestError, reply, require_length


async def post_windows(request: web.Request) -> web.Response:
    """Take one frame or several; answer for the last of them."""
    require_length(request)
    if request.content_type != wire.CONTENT_TYPE:
        raise RequestError(
            415, f"Content type is {request.content_type}.", hint=f"Send frames as {wire.CONTENT_TYPE}."
        )
    windows = frames.decode_windows(await request.read())
    return reply(await request.app[INGEST].take_all(windows, request.app[CLOCK_US]))
