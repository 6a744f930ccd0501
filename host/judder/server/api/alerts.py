"""Alerts over HTTP."""

from aiohttp import web

from judder.server.api.keys import ALERTS, CLOCK_US
from judder.server.api.replies import number, read_json, reply
from judder.server.services.errors import Invalid

MOST_LISTED = 1000


async def list_alerts(request: web.Request) -> web.Response:
    """List the newest alerts first; ?limit= narrows it."""
    limit = number(request, "limit", MOST_LISTED, most=MOST_LISTED)
    return reply({"alerts": await request.app[ALERTS].newest(limit)})


async def change_alert(request: web.Request) -> web.Response:
    """Take {"acknowledged": true}."""
    body = await read_json(request)
    if body != {"acknowledged": True}:
        raise Invalid(f"{body!r} is no change.", hint='Send {"acknowledged": true}.')
    number = int(request.match_info["number"])
    return reply(await request.app[ALERTS].acknowledge(number, request.app[CLOCK_US]()))
