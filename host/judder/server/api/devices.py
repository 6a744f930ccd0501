"""Boards over HTTP: what they report, what is known of them, which model they are to run."""

from aiohttp import web

from judder.server.api.keys import CLOCK_US, DEVICES, LEARNER, MODELS, RECORDINGS
from judder.server.api.replies import read_json, reply
from judder.server.services.errors import Invalid


async def list_devices(request: web.Request) -> web.Response:
    now_us = request.app[CLOCK_US]()
    devices = [device.to_dict(now_us) for device in request.app[DEVICES].list()]
    return reply({"devices": devices, "server_time_us": now_us})


async def post_status(request: web.Request) -> web.Response:
    """Take a board's report of itself and answer as a window is answered: clock, recording, commands."""
    devices, now_us = request.app[DEVICES], request.app[CLOCK_US]()
    name = request.match_info["device"]
    if len(name) > 40 or not name.isalnum():
        raise Invalid(f"{name!r} is no device id.", hint="Send the MAC as 12 hex digits.")
    status = await read_json(request)
    device = devices.get(name)
    commands = await devices.report(device, status, now_us)
    await request.app[LEARNER].follow(device)
    wanted = request.app[RECORDINGS].wants(name)
    return reply({"record": wanted, "server_time_us": now_us, "commands": commands})


async def change_device(request: web.Request) -> web.Response:
    """Take {"model": id}: the board fetches that model and runs it; null takes the order back."""
    device, now_us = request.app[DEVICES].find(request.match_info["device"]), request.app[CLOCK_US]()
    body = await read_json(request)
    model_id = body.get("model")
    if set(body) != {"model"} or not (model_id is None or (isinstance(model_id, str) and model_id)):
        raise Invalid(f"{body!r} is no change.", hint='Send {"model": "NAME-XXXXXXXX"}.')
    model = request.app[MODELS].find(model_id) if model_id is not None else None
    await request.app[DEVICES].order(device, model, now_us)
    return reply(device.to_dict(now_us))
