"""Whether the server works, and what is wrong where it does not."""

from aiohttp import web

from judder import __version__
from judder.server.api.keys import HEALTH
from judder.server.api.replies import reply
from judder.server.services.health import BLIND


async def get_health(request: web.Request) -> web.Response:
    """Say what is wrong, as it was found within the last seconds; 503 where windows cannot be stored."""
    health = request.app[HEALTH]
    health.look()
    return reply({**health.to_dict(), "version": __version__}, 503 if health.status == BLIND else 200)
