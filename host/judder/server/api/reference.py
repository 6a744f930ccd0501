"""The reference sketch's protocol, for unmodified sketches."""

from aiohttp import web
from judder_core.window import Window

from judder.data import reference_json
from judder.server.api import page
from judder.server.api.bodies import read_body, require_length
from judder.server.api.guards import admit
from judder.server.api.keys import CLOCK_US, INGEST, RECORDINGS, SETTINGS
from judder.server.api.parameters import SKETCH
from judder.server.api.replies import RequestError, reply
from judder.server.storage.rows import REFERENCE_PREFIX


async def get_root(request: web.Request) -> web.StreamResponse:
    """Give a browser the page; anything else is a board with the reference's sketch, and gets a digit."""
    return page.get_page() if page.wants_page(request) else await get_reference(request)


async def get_reference(request: web.Request) -> web.Response:
    """Answer the reference sketch: 1 while a recording wants its windows, else 0.

    That sketch throws away exactly four lines before it reads the digit: a status line, two header
    lines and the blank one. `exactly_two_headers` sees to that.
    """
    wanted = request.app[RECORDINGS].wants(_reference_name(request))
    return web.Response(text="1" if wanted else "0", content_type="text/plain")


async def exactly_two_headers(request: web.Request, response: web.StreamResponse) -> None:
    """Leave Content-Type and Content-Length alone on answers to the reference sketch's GET."""
    if request.method == "GET" and request.path == "/" and response.content_type == "text/plain":
        for name in set(response.headers) - {"Content-Type", "Content-Length"}:
            del response.headers[name]


async def post_reference(request: web.Request) -> web.Response:
    """Take a window of the reference's sketch."""
    require_length(request)
    if request.content_type != "application/json":
        raise RequestError(
            415, f"Content type is {request.content_type}.", hint="Send application/json with x, y, z in g."
        )
    counts, scale_g = reference_json.decode_reference(await read_body(request))
    window = Window(counts, scale_g, request.app[SETTINGS].reference_rate_hz)
    name, now_us = _reference_name(request), request.app[CLOCK_US]()
    admit(request, name)
    return reply(await request.app[INGEST].take_unnumbered(name, window, now_us))


def _reference_name(request: web.Request) -> str:
    """Return how the board is called: as it says itself, or by its address."""
    return f"{REFERENCE_PREFIX}{SKETCH.asked(request) or request.remote}"
