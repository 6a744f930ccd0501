"""Learning over HTTP."""

from dataclasses import asdict

from aiohttp import web

from judder.server.api.keys import DEVICES, LEARNER
from judder.server.api.parameters import DEVICE
from judder.server.api.replies import reply
from judder.server.services.wishes import LearningWish


async def start_learning(request: web.Request, wish: LearningWish) -> web.Response:
    """Have the board's next windows become what is normal."""
    device = request.app[DEVICES].find(DEVICE.of(request))
    return reply(asdict(await request.app[LEARNER].start(device, wish.windows)))


async def stop_learning(request: web.Request) -> web.Response:
    """Give up what the board is learning; it keeps its model."""
    device = request.app[DEVICES].find(DEVICE.of(request))
    return reply(asdict(await request.app[LEARNER].stop(device)))
