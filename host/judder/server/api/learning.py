"""Learning over HTTP."""

from dataclasses import asdict

from aiohttp import web

from judder.server.api.keys import DEVICES, LEARNER
from judder.server.api.replies import read_json, reply
from judder.server.services.learning import parse_windows


async def start_learning(request: web.Request) -> web.Response:
    """Take {"windows": n}: the board's next n windows are what is normal from then on."""
    device = request.app[DEVICES].find(request.match_info["device"])
    windows = parse_windows(await read_json(request))
    return reply(asdict(await request.app[LEARNER].start(device, windows)))


async def stop_learning(request: web.Request) -> web.Response:
    """Give up what the board is learning."""
    device = request.app[DEVICES].find(request.match_info["device"])
    return reply(asdict(await request.app[LEARNER].stop(device)))
