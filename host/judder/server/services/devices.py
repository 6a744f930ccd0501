"""All boards this server has heard of: kept, told about, and asked after."""

import asyncio
from collections.abc import Callable
from typing import Any

import structlog
from judder_core.model import AnyModel
from judder_core.states import OFFLINE

from judder.server.services.device import Device
from judder.server.services.errors import Conflict, NotFound
from judder.server.services.events import Events
from judder.server.services.orders import Order, settle
from judder.server.services.quotas import Quotas
from judder.server.storage.rows import Alert, DeviceRow
from judder.server.storage.store import Store, Unit

LOOK_EVERY_S = 2.0
log = structlog.get_logger()


class Devices:
    """All boards this server has heard of. Counts start with the server; status and alerts last."""

    def __init__(self, store: Store, events: Events, quotas: Quotas) -> None:
        self.quotas = quotas
        self._store = store
        self._events = events
        self._all: dict[str, Device] = {}

    async def load(self) -> None:
        def read(unit: Unit) -> tuple[list[DeviceRow], list[Alert]]:
            return unit.devices.all(), unit.alerts.on()

        rows, alerts = await self._store.read(read)
        for row in rows:
            device = self._all[row.id] = Device(row.id, row.status, row.status_us, row.status_us)
            device.order = Order(row.ordered_model) if row.ordered_model else None
        for alert in alerts:
            device = self.get(alert.device)
            device.alert_id, device.level = alert.id, alert.level

    def list(self) -> list[Device]:
        return list(self._all.values())

    def get(self, device: str) -> Device:
        return self._all.setdefault(device, Device(device))

    def admit(self, device: str) -> Device:
        """Return a board that says something. Raises TooMuch for a new one where there are too many."""
        known = self._all.get(device)
        if known is None:
            self.quotas.require_room(len(self._all), device)
        return known or self.get(device)

    def find(self, device: str) -> Device:
        """Return a board that was heard. Raises NotFound."""
        if device not in self._all:
            raise NotFound(f"There is no board {device}.", hint="GET /api/v1/devices")
        return self._all[device]

    async def report(self, device: Device, status: dict[str, Any], now_us: int) -> tuple[dict[str, Any], ...]:
        """Keep what a board says of itself; return the commands for it."""
        if not device.status:
            log.info("board", name=status.get("name"), device=device.id, model=status.get("model_id"))
        device.hear(now_us)
        device.status, device.status_us = status, now_us
        if isinstance(status.get("boot_id"), int):
            device.starts.take(status["boot_id"], now_us)
        command = settle(device.order, status) if device.order else None
        await self.save(device, now_us)
        return (command,) if command else ()

    async def order(self, device: Device, model: AnyModel | None, now_us: int) -> None:
        """Have the board fetch model and run it from then on; None takes the order back.

        Raises Conflict where the board cannot.
        """
        device.order = self.make_order(device, model) if model else None
        await self.save(device, now_us)

    def make_order(self, device: Device, model: AnyModel) -> Order:
        """Return the order to fetch model. Raises Conflict where the board cannot."""
        device.require_that_it_takes_models()
        window_len, rate_hz = device.status.get("window_len"), device.status.get("nominal_rate_hz")
        if isinstance(window_len, int) and isinstance(rate_hz, int | float):
            misfit = model.fits(window_len, rate_hz)
            if misfit:
                raise Conflict(f"The {misfit}.", hint="Train a model for this board.")
        return Order(model.model_id)

    async def save(self, device: Device, now_us: int) -> None:
        """Keep what is known of device on disk, and tell listeners."""
        row = device.row(device.order)
        await self._store.write(lambda unit: unit.devices.save(row))
        self.show(device, now_us)

    def show(self, device: Device, now_us: int) -> None:
        """Tell listeners all of device."""
        self._events.publish("board", device.to_dict(now_us))

    def publish(self, device: Device, now_us: int, late: bool) -> None:
        """Tell listeners how device is, after a window of its; a late one is not its newest."""
        if late:
            self.show(device, now_us)
        else:
            self._events.publish("window", device.summary(now_us))

    async def watch_silence(self, clock_us: Callable[[], int]) -> None:
        """Publish each board that is no longer heard, once."""
        silent: set[str] = set()
        while True:
            now_us = clock_us()
            gone = {device.id for device in self.list() if device.state(now_us) == OFFLINE}
            for name in gone - silent:
                self.show(self.get(name), now_us)
            silent = gone
            await asyncio.sleep(LOOK_EVERY_S)
