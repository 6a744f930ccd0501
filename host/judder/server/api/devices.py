"""Boards over HTTP: what they report, what is known of them, which model they are to run."""

from aiohttp import web

from judder.server.api.guards import admit
from judder.server.api.keys import CLOCK_US, DEVICES, REPORTS, ROLLOUT, SUMS
from judder.server.api.parameters import DAYS, DEVICE, HOURS, NEW_DEVICE
from judder.server.api.replies import reply
from judder.server.services.report import Report
from judder.server.services.sums import BOUNDS, DAY_US, HOUR_US
from judder.server.services.wishes import ModelOrder, NameWish


async def list_devices(request: web.Request) -> web.Response:
    """List every board: how it is, its last verdict, and its own report."""
    now_us = request.app[CLOCK_US]()
    devices = [device.to_dict(now_us) for device in request.app[DEVICES].list()]
    return reply({"devices": devices, "server_time_us": now_us})


async def post_status(request: web.Request, report: Report) -> web.Response:
    """Take a board's report of itself and answer as a window is answered: clock, recording, commands."""
    device = NEW_DEVICE.of(request)
    admit(request, device)
    return reply(await request.app[REPORTS].take(device, report, request.app[CLOCK_US]()))


async def change_device(request: web.Request, order: ModelOrder) -> web.Response:
    """Have the board fetch a model and run it; null takes the order back."""
    device, now_us = request.app[DEVICES].find(DEVICE.of(request)), request.app[CLOCK_US]()
    if order.model is None:
        await request.app[DEVICES].order(device, None, now_us)
    else:
        await request.app[ROLLOUT].order([device.id], order.model, now_us, anyway=order.anyway)
    return reply(device.to_dict(now_us))


async def rename_device(request: web.Request, wish: NameWish) -> web.Response:
    """Call the board so from now on, whatever its config says; null: as its config says."""
    device, now_us = request.app[DEVICES].find(DEVICE.of(request)), request.app[CLOCK_US]()
    await request.app[DEVICES].rename(device, wish.name, now_us)
    return reply(device.to_dict(now_us))


async def delete_device(request: web.Request) -> web.Response:
    """Delete a board that is offline, with its alerts, sums and windows; those of recordings stay."""
    device, now_us = request.app[DEVICES].find(DEVICE.of(request)), request.app[CLOCK_US]()
    await request.app[DEVICES].forget(device, now_us)
    return reply({"device_id": device.id})


async def list_sums(request: web.Request) -> web.Response:
    """Return a board's sums of each hour and day that is over, oldest first, scores in thresholds."""
    device, now_us = request.app[DEVICES].find(DEVICE.of(request)).id, request.app[CLOCK_US]()
    spans = (
        ("hours", HOUR_US, now_us - HOURS.asked(request) * HOUR_US),
        ("days", DAY_US, now_us - DAYS.asked(request) * DAY_US),
    )
    found = {
        name: await request.app[SUMS].of(device, step_us, begin_us, now_us)
        for name, step_us, begin_us in spans
    }
    return reply({**found, "bounds": BOUNDS, "server_time_us": now_us})
