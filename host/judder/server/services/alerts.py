"""Alerts: one fault is one alert, from its first window to its end, and until somebody acknowledges it."""

from dataclasses import dataclass, replace
from typing import Any

import structlog

from judder.server.services.answers import Answered
from judder.server.services.device import Device
from judder.server.services.errors import NotFound
from judder.server.services.events import RESYNC, Events
from judder.server.storage.rows import Alert, as_dict
from judder.server.storage.store import Store, Unit

log = structlog.get_logger()


@dataclass(frozen=True)
class Change:
    """What a window did to its board's alerts.

    number: of the alert that goes on, or that late windows tell of. begun, ended: the alert that did.
    is_joined: what late windows told of is the beginning of a later alert.
    """

    number: int | None
    begun: Alert | None = None
    ended: Alert | None = None
    is_joined: bool = False


class Alerts:
    """Begins, ends and acknowledges alerts, on disk first; each change is published as an `alert` event.

    begun: how many, since the server started.
    """

    def __init__(self, store: Store, events: Events) -> None:
        self._store = store
        self._events = events
        self.begun = 0

    def follow(self, unit: Unit, device: Device, answered: Answered) -> Change:
        """Begin or end the board's alert, as the answer to its newest window says."""
        number, at_us = device.alert_id, answered.at_us
        if answered.answer.alert and number is None:
            begun = _begin(unit, answered, at_us)
            return Change(begun.id, begun=begun)
        if not answered.answer.alert and number is not None:
            unit.alerts.end(number, at_us)
            return Change(None, ended=unit.alerts.find(number))
        return Change(number)

    def follow_late(self, unit: Unit, device: Device, answered: Answered, sampled_us: int) -> Change:
        """Tell of an alert while the board could not reach this server: over, as far as is known yet."""
        number, name = device.late_alert_id, (device.id, answered.boot_id)
        if not answered.answer.alert:
            return Change(None)
        if number is None and unit.alerts.spans(*name, answered.seq, sampled_us):
            return Change(None)
        begun = _begin(unit, answered, sampled_us) if number is None else None
        late = begun.id if begun else number
        assert late is not None
        unit.alerts.end(late, sampled_us)
        ended, following = unit.alerts.find(late), unit.alerts.begun_at(*name, answered.seq + 1)
        if following:  # it was on when the board was back
            unit.alerts.join(late, following.id)
            return Change(None, begun, ended, is_joined=True)
        return Change(late, begun, ended)

    def tell(self, device: Device, change: Change) -> None:
        """Publish a change that is on disk; whoever shows alerts asks anew where two became one."""
        if change.begun:
            self.begun += 1
            log.info("alert", board=device.name, number=change.begun.id, why=change.begun.why)
        if change.ended or change.begun:
            self._publish(change.ended or change.begun)
        if change.is_joined:
            self._events.publish(RESYNC.kind, RESYNC.data)

    async def newest(self, limit: int) -> list[dict[str, Any]]:
        return [alert_dict(alert) for alert in await self._store.read(lambda unit: unit.alerts.newest(limit))]

    async def acknowledge(self, number: int, now_us: int) -> dict[str, Any]:
        """Note that somebody has seen alert number; the first time counts."""

        def acknowledge(unit: Unit) -> Alert | None:
            unit.alerts.acknowledge(number, now_us)
            return unit.alerts.find(number)

        return self._publish(await self._store.write(acknowledge), number)

    def _publish(self, alert: Alert | None, number: int = 0) -> dict[str, Any]:
        if alert is None:
            raise NotFound(f"There is no alert {number}.", hint="GET /api/v1/alerts")
        shown = alert_dict(alert)
        self._events.publish("alert", shown)
        return shown


def alert_dict(alert: Alert) -> dict[str, Any]:
    """Return an alert as the API shows it, its incident also under the name that it has in messages."""
    return {**as_dict(alert), "fault": alert.incident}


def _begin(unit: Unit, answered: Answered, at_us: int) -> Alert:
    answer = answered.answer
    alert = Alert(
        0,
        answered.device,
        answered.boot_id,
        answered.seq,
        answer.judged_by or "board",
        answer.model_id,
        answer.score,
        at_us,
        why=answer.why,
    )
    return replace(alert, id=unit.alerts.begin(alert))
