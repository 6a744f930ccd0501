"""The page: plain files, served without a token since they hold no data, allowed nothing from elsewhere."""

import json
from pathlib import Path

from aiohttp import web
from judder_core.states import STATES

from judder.server.api.keys import SETTINGS

STATIC = Path(__file__).parents[1] / "static"
PREFIX = "/static/"
POLICY = "default-src 'self'; object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors %s"
QUOTED = ("none", "self")
"""Words that stand in quotes in a policy."""
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-cache",
}


def wants_page(request: web.Request) -> bool:
    """Return whether a browser asks for the page or a part of it; at / boards ask as well."""
    if request.method not in ("GET", "HEAD"):
        return False
    if request.path == request.app[SETTINGS].base_path:
        return True
    at_root = request.path == "/" and "text/html" in request.headers.get("Accept", "")
    return at_root or request.path.startswith(PREFIX)


async def get_states(request: web.Request) -> web.Response:
    """Return what each state means, as a module of the page."""
    text = f"export const MEANINGS = {json.dumps(STATES, indent=2)};\n"
    return web.Response(text=text, content_type="text/javascript")


def get_page() -> web.FileResponse:
    return web.FileResponse(STATIC / "index.html")


async def add_slash(request: web.Request) -> web.Response:
    """Lead from the base path to the page, whose parts are found from there on."""
    raise web.HTTPPermanentRedirect(f"{request.path}/")


async def guard_page(request: web.Request, response: web.StreamResponse) -> None:
    """Have browsers ask for the newest page, and let it load nothing from any other place."""
    if wants_page(request):
        response.headers.update(HEADERS)
        framing = request.app[SETTINGS].frame_ancestors
        who = f"'{framing}'" if framing in QUOTED else framing
        response.headers["Content-Security-Policy"] = POLICY % who
