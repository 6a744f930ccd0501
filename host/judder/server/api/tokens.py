"""People's tokens over HTTP."""

from aiohttp import web

from judder.server.api.audit import ABOUT
from judder.server.api.keys import TOKENS
from judder.server.api.parameters import NUMBER
from judder.server.api.replies import reply
from judder.server.services.tokens import Role
from judder.server.services.wishes import TokenWish
from judder.server.storage.access import TokenRow


async def list_tokens(request: web.Request) -> web.Response:
    """List the tokens that were made here; nobody knows any more what they are."""
    return reply({"tokens": [_shown(row) for row in request.app[TOKENS].list()]})


async def add_token(request: web.Request, wish: TokenWish) -> web.Response:
    """Make a token; the answer alone holds it."""
    row, secret = await request.app[TOKENS].add(wish.name, Role[wish.role.upper()])
    return reply({**_shown(row), "token": secret})


async def revoke_token(request: web.Request) -> web.Response:
    """Forget a token; who logged in with it is out."""
    row = await request.app[TOKENS].revoke(NUMBER.of(request))
    request[ABOUT] = row.name
    return reply(_shown(row))


def _shown(row: TokenRow) -> dict[str, object]:
    return {"id": row.id, "name": row.name, "role": row.role, "made_us": row.made_us}
