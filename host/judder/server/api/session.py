"""Browsers log in and out. What they keep is a cookie that no script reads and no other site may send."""

from aiohttp import web

from judder.server.api.guards import COOKIE, address_of, who_knows
from judder.server.api.keys import AUDIT, SESSIONS
from judder.server.api.replies import reply
from judder.server.api.route import WHO
from judder.server.services.sessions import LASTS_S
from judder.server.services.tokens import Who
from judder.server.services.wishes import Login


async def get_session(request: web.Request) -> web.Response:
    """Tell who asks, and what they may do."""
    return reply(_shown(request[WHO]))


async def log_in(request: web.Request, login: Login) -> web.Response:
    """Take a token, and give a cookie for it."""
    who = who_knows(request, login.token)
    answer = reply(_shown(who))
    answer.set_cookie(
        COOKIE,
        await request.app[SESSIONS].begin(who),
        max_age=LASTS_S,
        httponly=True,
        samesite="Strict",
        secure=request.secure,
    )
    await request.app[AUDIT].note_once(who.name, "log in", address_of(request))
    return answer


async def log_out(request: web.Request) -> web.Response:
    """End the session of the cookie."""
    await request.app[SESSIONS].end(request.cookies.get(COOKIE, ""))
    answer = reply(_shown(request[WHO]))
    answer.del_cookie(COOKIE)
    return answer


def _shown(who: Who) -> dict[str, object]:
    return {"name": who.name, "role": who.role.word, "needed": bool(who.token)}
