"""All boards this server has heard of: kept, told about, and asked after."""

import asyncio
import json
from collections.abc import Callable
from typing import Any

import structlog
from aiohttp import web
from judder_core.model import Model

from judder.server.device import OFFLINE, Device
from judder.server.events import Events
from judder.server.keys import CLOCK_US, DEVICES, LEARNER, MODELS, RECORDINGS
from judder.server.orders import Order, settle
from judder.server.replies import RequestError, read_json, reply
from judder.server.store import Store

LOOK_EVERY_S = 2.0
log = structlog.get_logger()


class Devices:
    """All boards this server has heard of. Counts start with the server; status and alerts last."""

    def __init__(self, store: Store, events: Events) -> None:
        self._store = store
        self._events = events
        self._all: dict[str, Device] = {}

    async def load(self) -> None:
        for row in await self._store.query("SELECT * FROM devices"):
            status_us, ordered = row["status_us"], row["ordered_model"]
            device = Device(row["id"], json.loads(row["status"]), status_us, status_us)
            device.order = Order(ordered) if ordered else None
            self._all[device.id] = device
        for row in await self._store.query("SELECT id, device FROM alerts WHERE ended_us IS NULL"):
            self.get(row["device"]).alert_id = row["id"]

    def list(self) -> list[Device]:
        return list(self._all.values())

    def get(self, device: str) -> Device:
        return self._all.setdefault(device, Device(device))

    def find(self, device: str) -> Device:
        """Return a board that was heard. Raises RequestError 404."""
        if device not in self._all:
            raise RequestError(404, f"There is no board {device}.", hint="GET /api/v1/devices")
        return self._all[device]

    async def report(self, device: Device, status: dict[str, Any], now_us: int) -> tuple[dict[str, Any], ...]:
        """Keep what a board says of itself; return the commands for it."""
        if not device.status:
            log.info("board", name=status.get("name"), device=device.id, model=status.get("model_id"))
        device.status, device.status_us, device.last_seen_us = status, now_us, now_us
        command = settle(device.order, status) if device.order else None
        await self.save(device, now_us)
        return (command,) if command else ()

    async def order(self, device: Device, model: Model | None, now_us: int) -> None:
        """Have the board fetch model and run it from then on; None takes the order back.

        Raises RequestError 409 where the board cannot.
        """
        if model:
            device.require_that_it_takes_models()
            window_len, rate_hz = device.status.get("window_len"), device.status.get("nominal_rate_hz")
            if isinstance(window_len, int) and isinstance(rate_hz, int | float):
                misfit = model.fits(window_len, rate_hz)
                if misfit:
                    raise RequestError(409, f"The {misfit}.", hint="Train a model for this board.")
        device.order = Order(model.model_id) if model else None
        await self.save(device, now_us)

    async def save(self, device: Device, now_us: int) -> None:
        """Keep what is known of device on disk, and tell listeners."""
        ordered = device.order.model_id if device.order and device.order.is_open else None
        await self._store.write(
            "INSERT OR REPLACE INTO devices (id, status, status_us, ordered_model) VALUES (?, ?, ?, ?)",
            *(device.id, json.dumps(device.status), device.status_us, ordered),
        )
        self._events.publish("board", device.to_dict(now_us))

    def publish(self, device: Device, now_us: int, late: bool) -> None:
        """Tell listeners how device is, after a window of its; a late one is not its newest."""
        if late:
            self._events.publish("board", device.to_dict(now_us))
        else:
            self._events.publish("window", device.summary(now_us))

    async def watch_silence(self, clock_us: Callable[[], int]) -> None:
        """Publish each board that is no longer heard, once."""
        silent: set[str] = set()
        while True:
            now_us = clock_us()
            gone = {device.id for device in self.list() if device.state(now_us) == OFFLINE}
            for name in gone - silent:
                self._events.publish("board", self.get(name).to_dict(now_us))
            silent = gone
            await asyncio.sleep(LOOK_EVERY_S)


async def list_devices(request: web.Request) -> web.Response:
    now_us = request.app[CLOCK_US]()
    devices = [device.to_dict(now_us) for device in request.app[DEVICES].list()]
    return reply({"devices": devices, "server_time_us": now_us})


async def post_status(request: web.Request) -> web.Response:
    """Take a board's report of itself and answer as a window is answered: clock, recording, commands."""
    devices, now_us = request.app[DEVICES], request.app[CLOCK_US]()
    name = request.match_info["device"]
    if len(name) > 40 or not name.isalnum():
        raise RequestError(400, f"{name!r} is no device id.", hint="Send the MAC as 12 hex digits.")
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
        raise RequestError(400, f"{body!r} is no change.", hint='Send {"model": "NAME-XXXXXXXX"}.')
    model = request.app[MODELS].find(model_id) if model_id is not None else None
    await request.app[DEVICES].order(device, model, now_us)
    return reply(device.to_dict(now_us))
