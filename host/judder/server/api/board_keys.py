"""Boards' keys over HTTP."""

from aiohttp import web

from judder.server.api.audit import ABOUT
from judder.server.api.keys import KEYS
from judder.server.api.parameters import NUMBER
from judder.server.api.replies import reply
from judder.server.services.wishes import KeyWish
from judder.server.storage.access import KeyRow


async def list_keys(request: web.Request) -> web.Response:
    """List every key that was made, without the keys themselves."""
    keys = request.app[KEYS]
    return reply({"keys": [_shown(row, keys.is_good(row)) for row in keys.list()]})


async def add_key(request: web.Request, wish: KeyWish) -> web.Response:
    """Make a key for a board, or a new one in place of the one it has; the answer alone holds it."""
    keys = request.app[KEYS]
    row = await (keys.rotate if wish.rotate else keys.add)(wish.device)
    return reply({**_shown(row, True), "key": row.secret})


async def revoke_key(request: web.Request) -> web.Response:
    """Let a key be good no more, for ever."""
    row = await request.app[KEYS].revoke(NUMBER.of(request))
    request[ABOUT] = f"{row.id} of {row.device}"
    return reply(_shown(row, False))


def _shown(row: KeyRow, is_good: bool) -> dict[str, object]:
    return {
        "id": row.id,
        "device": row.device,
        "made_us": row.made_us,
        "ends_us": row.ends_us,
        "good": is_good,
        "revoked": row.revoked,
    }
