"""Whether the server works, and what is wrong where it does not."""

from aiohttp import web

from judder import __version__
from judder.server.api.keys import HEALTH, SETTINGS
from judder.server.api.replies import reply
from judder.server.services.health import BLIND


async def get_healthz(request: web.Request) -> web.Response:
    """Say whether the server works; 503 where windows cannot be stored.

    Where people need a token, those without one hear the kinds of problems, and no names; and as they were
    found last, at most two seconds ago: to look at 1,000 boards takes 7 ms, which strangers could ask for.
    """
    health, for_strangers = request.app[HEALTH], request.app[SETTINGS].needs_keys
    if not for_strangers:
        health.look()
    shown = health.outline() if for_strangers else health.to_dict()
    return reply({**shown, "version": __version__}, 503 if health.status == BLIND else 200)


async def get_health(request: web.Request) -> web.Response:
    """Say all that is wrong."""
    request.app[HEALTH].look()
    return reply({**request.app[HEALTH].to_dict(), "version": __version__})
