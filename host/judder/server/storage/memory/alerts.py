"""Alerts and incidents, in memory."""

from dataclasses import dataclass, replace

from judder.server.storage.levels import ALARM, highest, joined, risen
from judder.server.storage.memory.table import Table
from judder.server.storage.rows import Alert, Incident


class MemoryAlerts:
    """told: what is kept of incidents."""

    def __init__(self, alerts: Table[int, Alert], told: "Table[int, Told]") -> None:
        self._alerts = alerts
        self._told = told

    def begin(self, alert: Alert) -> int:
        number = self._alerts.new_number()
        self._alerts.put(number, replace(alert, id=number))
        return number

    def end(self, number: int, at_us: int) -> None:
        alert = self._alerts.get(number)
        if alert:
            self._alerts.put(number, replace(alert, ended_us=at_us))

    def rise(self, number: int, by: Alert) -> Alert | None:
        alert = self._alerts.get(number)
        if alert is None or alert.level == ALARM:
            return None
        alarm = risen(alert, by)
        self._alerts.put(number, alarm)
        return alarm

    def join(self, late: int, following: int) -> None:
        one, other = self._alerts.get(late), self._alerts.get(following)
        if one and other:
            self._alerts.put(following, joined(one, other))
        self.drop(late)

    def acknowledge(self, number: int, at_us: int) -> None:
        alert = self._alerts.get(number)
        if alert and alert.acknowledged_us is None:
            self._alerts.put(number, replace(alert, acknowledged_us=at_us))

    def find(self, number: int) -> Alert | None:
        return self._alerts.get(number)

    def newest(self, limit: int) -> list[Alert]:
        return self._alerts.all()[::-1][:limit]

    def on(self) -> list[Alert]:
        return self._alerts.where(lambda alert: alert.ended_us is None)

    def begun_at(self, device: str, boot_id: int, seq: int) -> Alert | None:
        name = device, boot_id, seq
        found = self._alerts.where(lambda alert: (alert.device, alert.boot_id, alert.seq) == name)
        return next(iter(found), None)

    def spanning(self, device: str, boot_id: int, seq: int, at_us: int) -> Alert | None:
        before = self._alerts.where(lambda a: (a.device, a.boot_id) == (device, boot_id) and a.seq < seq)
        return next((alert for alert in before if alert.ended_us is None or alert.ended_us > at_us), None)

    def any_since(self, device: str, since_us: int) -> bool:
        of_board = self._alerts.where(lambda alert: alert.device == device)
        return any(alert.ended_us is None or alert.ended_us >= since_us for alert in of_board)

    def drop(self, number: int) -> None:
        self._alerts.drop(lambda alert: alert.id == number)

    def drop_of(self, device: str) -> None:
        self._alerts.drop(lambda alert: alert.device == device)
        self._told.drop(lambda told: told.device == device)


@dataclass(frozen=True)
class Told:
    """What is kept of an incident beside its alerts."""

    id: int
    device: str
    told_us: int | None = None
    told_level: str | None = None
    is_over: bool = False


class MemoryIncidents:
    def __init__(self, told: "Table[int, Told]", alerts: Table[int, Alert]) -> None:
        self._told = told
        self._alerts = alerts

    def new_alerts(self) -> list[Alert]:
        return self._alerts.where(lambda alert: alert.incident is None)

    def find_open(self, device: str) -> int | None:
        found = self._told.where(lambda told: told.device == device and not told.is_over)
        return found[0].id if found else None

    def adopt(self, alert: Alert, incident: int | None) -> None:
        if incident is None:
            self._told.put(alert.id, Told(alert.id, alert.device))
        self._alerts.put(alert.id, replace(alert, incident=alert.id if incident is None else incident))

    def open(self) -> list[Incident]:
        opened = sorted(self._told.where(lambda told: not told.is_over), key=lambda told: told.id)
        return [_incident(told, mine) for told in opened if (mine := self._alerts_of(told))]

    def told(self, number: int, at_us: int, level: str) -> None:
        told = self._told.get(number)
        if told:
            self._told.put(number, replace(told, told_us=at_us, told_level=level))

    def close(self, number: int, at_us: int) -> None:
        told = self._told.get(number)
        if told:
            self._told.put(number, replace(told, is_over=True))

    def drop_empty(self) -> None:
        self._told.drop(lambda told: not told.is_over and not self._alerts_of(told))

    def _alerts_of(self, told: Told) -> list[Alert]:
        return self._alerts.where(lambda alert: alert.incident == told.id)


def _incident(told: Told, alerts: list[Alert]) -> Incident:
    ended = [alert.ended_us for alert in alerts if alert.ended_us is not None]
    alarms = [alert for alert in alerts if alert.level == ALARM]
    seen = [alert.acknowledged_us for alert in alarms if alert.acknowledged_us is not None]
    return Incident(
        told.id,
        told.device,
        told.told_us,
        told.told_level,
        max(alert.id for alert in alerts),
        highest(alert.level for alert in alerts) or ALARM,
        min(alert.started_us for alert in alerts),
        max(ended) if len(ended) == len(alerts) else None,
        max((alert.raised_us or alert.started_us for alert in alarms), default=None),
        max(seen, default=None),
    )
