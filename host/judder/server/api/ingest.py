"""Windows come in over HTTP."""

from aiohttp import web
from judder_core import wire
from judder_core.window import FLAG_OPINION_WANTED

from judder.data import frames
from judder.server.api.keys import CLOCK_US, INGEST
from judder.server.api.replies import RequestError, reply, require_length
from judder.server.services.errors import Conflict


async def post_windows(request: web.Request) -> web.Response:
    """Take one frame or several; answer for the last of them."""
    require_length(request)
    if request.content_type != wire.CONTENT_TYPE:
        raise RequestError(
            415, f"Content type is {request.content_type}.", hint=f"Send frames as {wire.CONTENT_TYPE}."
        )
    windows = frames.decode_windows(await request.read())
    for window in windows:
        answer, misfit = await request.app[INGEST].take(
            window.device_id.hex(), window, request.app[CLOCK_US]()
        )
    if misfit and windows[-1].flags & FLAG_OPINION_WANTED:
        raise Conflict(
            f"The {misfit}. The window is stored, not judged.",
            hint="Train a model for this board, or set its signal section to the model's.",
        )
    return reply({**answer, "server_time_us": request.app[CLOCK_US]()})
