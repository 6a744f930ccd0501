"""Alerts: one fault is one alert, from its first window to its end, and until somebody acknowledges it.

It begins as a notice or as an alarm; a notice may rise to an alarm, and an alarm stays one until it ends. An
alarm that somebody has seen, and that comes back after a notice, is an alert of its own.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import structlog

from judder.server.services.answers import Answered
from judder.server.services.device import Device, Standing
from judder.server.services.errors import Conflict, NotFound
from judder.server.services.events import RESYNC, Events
from judder.server.storage.levels import ALARM, NOTICE, TOLD
from judder.server.storage.rows import Alert, as_dict
from judder.server.storage.store import Store, Unit

log = structlog.get_logger()


@dataclass(frozen=True)
class Change:
    """What a window did to its board's alerts.

    number: of the alert that goes on, or that late windows tell of. begun, raised, ended: the alert that did.
    is_joined: what late windows told of is the beginning of a later alert.
    """

    number: int | None
    begun: Alert | None = None
    raised: Alert | None = None
    ended: Alert | None = None
    is_joined: bool = False


class Alerts:
    """Begins, raises, ends and acknowledges alerts, on disk first; each change is an `alert` event.

    baseline_s: says how long a machine was recorded for a model, by its id. reached: how many alerts came to
    each level, since the server started.
    """

    def __init__(
        self, store: Store, events: Events, baseline_s: Callable[[str | None], float | None]
    ) -> None:
        self._store = store
        self._events = events
        self._baseline_s = baseline_s
        self.reached: Counter[str] = Counter()

    def follow(self, unit: Unit, standing: Standing, answered: Answered) -> Change:
        """Begin, raise or end the board's alert, as the answer to its newest window says."""
        number, at_us = standing.alert, answered.at_us
        if answered.answer.level not in TOLD:
            if number is None:
                return Change(None)
            unit.alerts.end(number, at_us)
            return Change(None, ended=unit.alerts.find(number))
        if number is None:
            begun = self._begin(unit, answered, at_us)
            return Change(begun.id, begun=begun)
        if standing.level == NOTICE and answered.answer.level == ALARM and _is_seen(unit.alerts.find(number)):
            unit.alerts.end(number, at_us)
            begun = self._begin(unit, answered, at_us)
            return Change(begun.id, begun=begun, ended=unit.alerts.find(number))
        return Change(number, raised=self._raise(unit, number, answered, at_us))

    def follow_late(self, unit: Unit, number: int | None, answered: Answered, sampled_us: int) -> Change:
        """Tell of an alert while the board could not reach this server: over, as far as is known yet.

        number: of the alert that its late windows tell of.
        """
        name = answered.device, answered.boot_id
        if answered.answer.level not in TOLD:
            return Change(None)
        spanning = None if number else unit.alerts.spanning(*name, answered.seq, sampled_us)
        if spanning:
            return Change(None, raised=self._raise(unit, spanning.id, answered, sampled_us))
        begun = self._begin(unit, answered, sampled_us) if number is None else None
        late = begun.id if begun else number
        assert late is not None
        raised = self._raise(unit, late, answered, sampled_us)
        unit.alerts.end(late, sampled_us)
        ended, following = unit.alerts.find(late), unit.alerts.begun_at(*name, answered.seq + 1)
        if following:  # it was on when the board was back
            unit.alerts.join(late, following.id)
            return Change(None, begun, raised, ended, is_joined=True)
        return Change(late, begun, raised, ended)

    def _begin(self, unit: Unit, answered: Answered, at_us: int) -> Alert:
        alert = self._alert(answered, at_us)
        return replace(alert, id=unit.alerts.begin(alert))

    def _raise(self, unit: Unit, number: int, answered: Answered, at_us: int) -> Alert | None:
        """Return alert number where it was a notice, and this answer makes it an alarm."""
        if answered.answer.level != ALARM:
            return None
        return unit.alerts.rise(number, self._alert(answered, at_us))

    def _alert(self, answered: Answered, at_us: int) -> Alert:
        """Return the alert that begins with an answer of some level."""
        answer = answered.answer
        assert answer.level
        return Alert(
            0,
            answered.device,
            answered.boot_id,
            answered.seq,
            answer.judged_by or "board",
            answer.model_id,
            answer.score,
            at_us,
            answer.level,
            why=answer.why,
            mounting_changed=bool(answer.mounting_changed),
            baseline_s=self._baseline_s(answer.model_id),
        )

    def tell(self, device: Device, change: Change) -> None:
        """Publish a change that is on disk; whoever shows alerts asks anew where two became one."""
        for reached in filter(None, (change.begun, change.raised)):
            self.reached[reached.level] += 1
            log.info(reached.level, board=device.name, number=reached.id, why=reached.why)
        as_they_are = {alert.id: alert for alert in (change.begun, change.raised, change.ended) if alert}
        for changed in as_they_are.values():
            self._publish(changed)
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

    async def drop(self, number: int) -> None:
        """Delete an alert that is over. Raises NotFound, and Conflict while it is on."""

        def drop(unit: Unit) -> Alert | None:
            alert = unit.alerts.find(number)
            if alert is not None and alert.ended_us is not None:
                unit.alerts.drop(number)
            return alert

        alert = await self._store.write(drop)
        if alert is None:
            raise _no_alert(number)
        if alert.ended_us is None:
            raise Conflict(f"Alert {number} is on.", hint="Delete it once it is over.")
        self._events.publish(RESYNC.kind, RESYNC.data)

    def _publish(self, alert: Alert | None, number: int = 0) -> dict[str, Any]:
        if alert is None:
            raise _no_alert(number)
        shown = alert_dict(alert)
        self._events.publish("alert", shown)
        return shown


def _no_alert(number: int) -> NotFound:
    return NotFound(f"There is no alert {number}.", hint="GET /api/v1/alerts")


def _is_seen(alert: Alert | None) -> bool:
    """Return whether alert is an alarm that somebody has seen."""
    return alert is not None and alert.level == ALARM and alert.acknowledged_us is not None


def alert_dict(alert: Alert) -> dict[str, Any]:
    """Return an alert as the API shows it, its incident also under the name that it has in messages."""
    return {**as_dict(alert), "fault": alert.incident}
