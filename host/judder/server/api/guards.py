"""Who may ask: those with the token, where one is set, and no page of another site."""

import hmac
from urllib.parse import urlsplit

from aiohttp import web

from judder.server.api import page
from judder.server.api.keys import SETTINGS
from judder.server.api.replies import Handler, RequestError
from judder.server.api.route import READING


@web.middleware
async def refuse_other_sites(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Refuse to change anything for a page of another site that is open in somebody's browser.

    Browsers send the Origin of the page with every such request; boards and commands send none.
    """
    origin = request.headers.get("Origin")
    is_other = origin is not None and urlsplit(origin).netloc.lower() != request.host.lower()
    if is_other and request.method not in READING:
        raise RequestError(
            403,
            f"A page of {origin} may change nothing here.",
            hint="Use the server's own page, or a client that sends no Origin; "
            "a proxy has to pass on the Host header.",
        )
    return await handler(request)


@web.middleware
async def require_token(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Refuse requests without the token, where one is set. /healthz and the page's files stay open."""
    token = request.app[SETTINGS].token
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    is_open = request.path == "/healthz" or page.wants_page(request)
    if (
        token
        and not is_open
        and not hmac.compare_digest(given.encode(errors="surrogateescape"), token.encode())
    ):
        raise RequestError(
            401,
            "The token is missing or wrong.",
            hint='Send "Authorization: Bearer TOKEN"; boards: server.token.',
        )
    return await handler(request)
