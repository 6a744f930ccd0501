"""All boards this server has heard of: kept, told about, and asked after."""

import asyncio
from collections.abc import Callable
from typing import Any

import structlog
from judder_core.model import AnyModel
from judder_core.states import OFFLINE

from judder.server.services.device import Device
from judder.server.services.errors import Conflict, NotFound
from judder.server.services.events import RESYNC, Events
from judder.server.services.orders import Order, follow_first, follow_trial, settle
from judder.server.services.quotas import Quotas
from judder.server.storage.levels import ALARM
from judder.server.storage.rows import Alert, DeviceRow, Forgotten
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
            device.label = row.label
            if row.ordered_model:
                device.order = Order(row.ordered_model, row.ordered_before, after=row.ordered_after)
        for alert in alerts:
            device = self.get(alert.device)
            device.alert_id, device.level = alert.id, alert.level

    def list(self) -> list[Device]:
        return list(self._all.values())

    def get(self, device: str) -> Device:
        found = self._all.get(device)
        if found is None:
            found = self._all[device] = Device(device)
        return found

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
        command = self._follow_order(device, device.order) if device.order else None
        await self.save(device, now_us)
        return (command,) if command else ()

    def _follow_order(self, device: Device, order: Order) -> dict[str, Any] | None:
        """Take order further by the newest report; return what the board is to be told, if anything."""
        if order.after:
            first = self._all.get(order.after)  # it may have been deleted
            follow_first(
                order, first.order if first else None, first.status.get("model_id") if first else None
            )
        command = settle(order, device.status)
        if order.is_on_trial:
            follow_trial(order, device.windows, device.alarms_since_its_start(), device.status)
            if order.error:
                log.warning("model_failed_trial", board=device.name, model=order.model_id, why=order.error)
                command = self._order_back(device, order)
        if command:
            device.starts.expect()
        return command

    def _order_back(self, device: Device, failed: Order) -> dict[str, Any] | None:
        """Order the model before, unless the board runs it already or never had one."""
        if failed.before is None or device.status.get("model_id") == failed.before:
            return None
        why = f"{failed.model_id} failed: {failed.error}"
        device.order = Order(failed.before, why=why)
        return settle(device.order, device.status)

    async def order(self, device: Device, order: Order | None, now_us: int) -> None:
        """Give a board an order, which it hears with its next report; None takes the last one back."""
        device.order = order
        await self.save(device, now_us)

    def make_order(self, device: Device, model: AnyModel) -> Order:
        """Return the order to fetch model. Raises Conflict where the board cannot."""
        device.require_that_it_takes_models()
        window_len, rate_hz = device.status.get("window_len"), device.status.get("nominal_rate_hz")
        if isinstance(window_len, int) and isinstance(rate_hz, int | float):
            misfit = model.fits(window_len, rate_hz)
            if misfit:
                raise Conflict(f"The {misfit}.", hint="Train a model for this board.")
        before = device.status.get("model_id")
        return Order(
            model.model_id, before if isinstance(before, str) else None, was_alarming=device.level == ALARM
        )

    async def rename(self, device: Device, label: str | None, now_us: int) -> None:
        """Call a board label from now on, whatever its config says; None: as its config says."""
        device.label = label
        await self.save(device, now_us)

    async def forget(self, device: Device, now_us: int) -> None:
        """Delete a board with its alerts and sums; its windows follow in small steps, recordings stay.

        Raises Conflict while it is heard: its next window would bring it back.
        """
        if device.state(now_us) != OFFLINE:
            raise Conflict(f"Board {device.id} is online.", hint="Switch it off first, and wait for 30 s.")

        def forget(unit: Unit) -> None:
            unit.devices.drop(device.id)
            unit.alerts.drop_of(device.id)
            unit.learnings.drop_of(device.id)
            unit.sums.drop_of(device.id)
            unit.upkeep.forget(Forgotten(device.id, now_us))

        await self._store.write(forget)
        self._all.pop(device.id, None)
        self._events.publish(RESYNC.kind, RESYNC.data)

    def require_that_none_uses(self, model_id: str) -> None:
        """Raise Conflict where a board runs a model, or is to fetch it."""
        for device in self._all.values():
            order = device.order
            ordered = order and (order.is_open or order.is_on_trial) and (order.model_id, order.before)
            if model_id in (*(ordered or ()), device.status.get("model_id")):
                raise Conflict(
                    f"Board {device.name} runs {model_id}, or may be told to.",
                    hint="Give it another model first, or delete the board.",
                )

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
        if not self._events.wants("board" if late else "window"):
            self._events.pass_over()
        elif late:
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
