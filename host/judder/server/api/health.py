"""Whether the server works."""

from aiohttp import web

from judder import __version__
from judder.server.api.keys import STORE
from judder.server.api.replies import reply


async def get_health(request: web.Request) -> web.Response:
    """Answer once the disk has answered."""
    await request.app[STORE].read(lambda unit: unit.windows.newest(1))
    return reply({"status": "ok", "version": __version__})
