"""Alerts over HTTP."""

from aiohttp import web

from judder.server.api.keys import ALERTS, CLOCK_US
from judder.server.api.parameters import ALERTS_LISTED, NUMBER
from judder.server.api.replies import reply
from judder.server.services.wishes import Acknowledgement


async def list_alerts(request: web.Request) -> web.Response:
    """List the newest alerts first."""
    return reply({"alerts": await request.app[ALERTS].newest(ALERTS_LISTED.asked(request))})


async def change_alert(request: web.Request, _: Acknowledgement) -> web.Response:
    """Note that somebody has seen the alert; the first time counts."""
    return reply(await request.app[ALERTS].acknowledge(NUMBER.of(request), request.app[CLOCK_US]()))


async def delete_alert(request: web.Request) -> web.Response:
    """Delete an alert that is over."""
    number = NUMBER.of(request)
    await request.app[ALERTS].drop(number)
    return reply({"id": number})
