"""Messages to people that were set aside, over HTTP: listed, sent again, dropped."""

from aiohttp import web

from judder.server.api.keys import MESSENGER
from judder.server.api.parameters import NUMBER
from judder.server.api.replies import reply
from judder.server.services.wishes import MessageChange


async def list_messages(request: web.Request) -> web.Response:
    """List the messages that could not be sent, the oldest first, each with why."""
    return reply({"messages": await request.app[MESSENGER].letters.refresh()})


async def change_message(request: web.Request, _: MessageChange) -> web.Response:
    """Let a message that could not be sent be tried again, as if it were new."""
    return reply(await request.app[MESSENGER].letters.send_again(NUMBER.of(request)))


async def drop_message(request: web.Request) -> web.Response:
    """Forget a message that could not be sent."""
    return reply(await request.app[MESSENGER].letters.drop(NUMBER.of(request)))
