"""Who may ask: boards with a key, people with a token, and no page of another site."""

import ipaddress
import math
import socket
from urllib.parse import SplitResult, urlsplit

from aiohttp import web
from judder_core.config import SERVER

from judder.server.api import page
from judder.server.api.keys import (
    DEVICES,
    GUESSES,
    KEYS,
    REFUSALS,
    SESSIONS,
    SETTINGS,
    SIGNATURE_GUESSES,
    TOKENS,
)
from judder.server.api.replies import Handler, RequestError
from judder.server.api.route import READING, ROUTE_OF, WHO, Route
from judder.server.services.keys import HEADER, Refused, read_signature
from judder.server.services.tokens import Role, Who, digest

COOKIE = "judder_session"
BEARER = "Bearer "
SIGNER: web.RequestKey[str | None] = web.RequestKey("signer")
"""The board that signed the request, or None."""
ON_LOOPBACK = Who("page of loopback", Role.ADMINISTER)
"""Whoever asks where no keys are needed: only this machine reaches the server, as a rule."""
GUESSED = ("forged", "unknown")
"""Refusals of signatures that may be guesses at a key."""
WRONG_TOKEN = "Take the one that the server printed at its first start, or one of judder token add."
NO_TOKEN = 'Send "Authorization: Bearer TOKEN"; boards: server.key.'


@web.middleware
async def let_in(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Refuse pages of other sites, boards without a right signature and people without a right token, where
    those are needed.

    /healthz, the login and the page's files stay open.
    """
    _refuse_other_sites(request)
    route = request.app[ROUTE_OF].get(request.match_info.handler)
    signer = request[SIGNER] = await _signer(request) if route and route.of_boards else None
    if signer is None:
        if not (page.wants_page(request) or (route and route.is_open)):
            request[WHO] = _require_role(request, route)
        _require_our_name(request, route)
    return await handler(request)


def admit(request: web.Request, *devices: str) -> None:
    """Let whoever sent the request speak for devices: they signed it, or have no key. Raises Refused."""
    signer = request[SIGNER]
    for device in devices:
        if signer is not None and device != signer:
            raise _noted(request, Refused("foreign", f"Board {signer} signed for board {device}.", signer))
        if signer is None and request.app[KEYS].has_key(device.lower()):  # people read it alike
            raise _noted(request, Refused("unsigned", f"Board {device} has a key, and did not sign.", device))
        request.app[DEVICES].admit(device).signed = signer is not None


def address_of(request: web.Request) -> str:
    """Return the address that the request came from."""
    return request.remote or ""


def who_knows(request: web.Request, token: str) -> Who:
    """Return whose token this is. Raises RequestError where it is nobody's.

    A short one of the settings can be guessed: it is not looked at while the address has to wait.
    """
    tokens, guesses, address = request.app[TOKENS], request.app[GUESSES], address_of(request)
    shown = digest(token)
    who = tokens.of_random(shown)
    if who:
        return who
    wait_s = guesses.wait_s(address)
    who = None if wait_s else tokens.of_word(shown)
    if who is None:
        request.app[REFUSALS].note("token", address)
        guesses.failed(address)
        raise _too_many(wait_s) if wait_s else RequestError(401, "The token is wrong.", hint=WRONG_TOKEN)
    guesses.right(address)
    return who


def may_still(request: web.Request) -> bool:
    """Return whether who asked, of a request that lasts, has still the token or the login they came with."""
    if not request[WHO].token:
        return True
    if "Authorization" in request.headers:
        return request.app[TOKENS].of_digest(request[WHO].token) is not None
    return request.app[SESSIONS].who(request.cookies.get(COOKIE, "")) is not None


def _refuse_other_sites(request: web.Request) -> None:
    """Refuse to change anything for a page of another site that is open in somebody's browser.

    Browsers send the Origin of the page with every such request; boards and commands send none.
    """
    origin = request.headers.get("Origin")
    is_other = origin is not None and _parts(origin).netloc.lower() != request.host.lower()
    if is_other and request.method not in READING:
        raise RequestError(
            403,
            f"A page of {origin} may change nothing here.",
            hint="Use the server's own page, or a client that sends no Origin; "
            "a proxy has to pass on the Host header.",
        )


async def _signer(request: web.Request) -> str | None:
    """Return the board that signed the request, None where nobody did, or where nobody here knows its key
    and boards may do without. Raises Refused.
    """
    header = request.headers.get(HEADER)
    if header is None:
        return None
    try:
        signature = read_signature(header)
        device, time_us, mac = signature.device, signature.time_us, signature.mac
        path = request.raw_path
        request.app[KEYS].check(device, request.method, path, time_us, mac, await request.read())
    except Refused as error:
        if error.why == "unknown" and request.app[SETTINGS].takes_unsigned:
            return None
        raise _noted(request, error) from error
    return signature.device


def _noted(request: web.Request, error: Refused) -> Exception:
    """Return error, counted; or that its sender is to wait, where too many wrong signatures came."""
    address, guesses = address_of(request), request.app[SIGNATURE_GUESSES]
    request.app[REFUSALS].note(error.why, address, error.device)
    if error.why not in GUESSED:
        return error
    wait_s = guesses.wait_s(address)
    guesses.failed(address)
    return _too_many(wait_s) if wait_s else error


def _too_many(wait_s: float) -> RequestError:
    return RequestError(
        429,
        "Too many wrong tokens or signatures came from your address.",
        hint="Wait for Retry-After seconds.",
        retry_after_s=math.ceil(wait_s),
    )


def _require_role(request: web.Request, route: Route | None) -> Who:
    """Return who asks. Raises RequestError unless they may."""
    who = _who(request) if request.app[SETTINGS].needs_keys else ON_LOOPBACK
    if route and route.of_boards:
        who = _require_board_or(who, request)
    if who is None:
        raise RequestError(401, "The token is missing.", hint=NO_TOKEN)
    least = route.least if route else Role.LOOK
    if who.role < least:
        raise RequestError(
            403,
            f"{who.name} may {who.role.word}, not {least.word}.",
            hint="Ask an administrator for a token.",
        )
    return who


def _require_board_or(who: Who | None, request: web.Request) -> Who:
    """Return who asks what boards ask without a signature. Raises Refused where that is not taken."""
    is_known = who is not None and (who is not ON_LOOPBACK or request.method in READING)
    if not (is_known or request.app[SETTINGS].takes_unsigned):
        raise _noted(request, Refused("unsigned", "The request has no signature."))
    return who or ON_LOOPBACK


def _who(request: web.Request) -> Who | None:
    """Return who shows a token or a cookie, None who shows none. Raises RequestError for a wrong token."""
    authorization = request.headers.get("Authorization")
    if authorization is not None:
        return who_knows(request, authorization.removeprefix(BEARER))
    cookie = request.cookies.get(COOKIE)
    return request.app[SESSIONS].who(cookie) if cookie else None


def _require_our_name(request: web.Request, route: Route | None) -> None:
    """Refuse a browser that calls the server by a name of somebody else's.

    A page of evil.example may have its own name lead here, and is then no other site to its browser (DNS
    rebinding). No address can be such a name. What boards post carries no Origin, which each browser sends.
    """
    host = request.host if "Host" in request.headers else None  # a proxy's name for us, where it is trusted
    is_boards = route is not None and route.of_boards and request.method not in READING
    if host is None or (is_boards and "Origin" not in request.headers):
        return
    name = _parts(f"//{host}").hostname or ""
    if not (_is_address(name) or name in _our_names(request)):
        raise RequestError(
            403, f"This server is not called {name}.", hint="Call it by its address, or set allowed_hosts."
        )


def _parts(url: str) -> SplitResult:
    """Return the parts of what a header has for an address; of nonsense there are none."""
    try:
        return urlsplit(url)
    except ValueError:
        return urlsplit("")


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


def _our_names(request: web.Request) -> set[str]:
    settings, own = request.app[SETTINGS], socket.gethostname().lower()
    public = urlsplit(settings.public_url).hostname or own
    allowed = {name.lower() for name in settings.allowed_hosts}
    return {"localhost", SERVER, own, f"{own}.local", public, *allowed}
