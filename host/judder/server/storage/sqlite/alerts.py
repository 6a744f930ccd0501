"""Alerts, and the incidents they are part of, in SQLite."""

import sqlite3
from collections.abc import Iterable

from judder.server.storage.levels import ALARM, joined, risen
from judder.server.storage.rows import Alert, Incident, as_dict
from judder.server.storage.sqlite.columns import Columns

ALERT, INCIDENT = Columns(Alert), Columns(Incident)
OPEN = """
SELECT incidents.id, incidents.device, told_us, told_level, max(alerts.id) AS alert,
    CASE WHEN max(level = 'alarm') THEN 'alarm' ELSE 'notice' END AS level, min(started_us) AS started_us,
    CASE WHEN count(*) = count(ended_us) THEN max(ended_us) END AS ended_us,
    max(coalesce(raised_us, started_us)) FILTER (WHERE level = 'alarm') AS alarmed_us,
    max(acknowledged_us) FILTER (WHERE level = 'alarm') AS acknowledged_us
FROM incidents JOIN alerts ON alerts.incident = incidents.id WHERE recovered_us IS NULL
GROUP BY incidents.id ORDER BY incidents.id
"""


class SqliteAlerts:
    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def begin(self, alert: Alert) -> int:
        _, *values = ALERT.values(alert)
        added = self._connection.execute(
            f"INSERT INTO alerts ({ALERT.names}) VALUES ({ALERT.marks})", (None, *values)
        )
        return added.lastrowid or 0

    def end(self, number: int, at_us: int) -> None:
        self._connection.execute("UPDATE alerts SET ended_us = ? WHERE id = ?", (at_us, number))

    def rise(self, number: int, by: Alert) -> Alert | None:
        alert = self.find(number)
        if alert is None or alert.level == ALARM:
            return None
        alarm = risen(alert, by)
        self._put(alarm)
        return alarm

    def join(self, late: int, following: int) -> None:
        one, other = self.find(late), self.find(following)
        if one and other:
            self._put(joined(one, other))
        self.drop(late)

    def acknowledge(self, number: int, at_us: int) -> None:
        self._connection.execute(
            "UPDATE alerts SET acknowledged_us = ? WHERE id = ? AND acknowledged_us IS NULL", (at_us, number)
        )

    def find(self, number: int) -> Alert | None:
        return next(iter(self._where("id = ?", number)), None)

    def newest(self, limit: int) -> list[Alert]:
        return self._where("true ORDER BY id DESC LIMIT ?", limit)

    def on(self) -> list[Alert]:
        return self._where("ended_us IS NULL ORDER BY id")

    def begun_at(self, device: str, boot_id: int, seq: int) -> Alert | None:
        found = self._where("device = ? AND boot_id = ? AND seq = ? ORDER BY id", device, boot_id, seq)
        return next(iter(found), None)

    def spanning(self, device: str, boot_id: int, seq: int, at_us: int) -> Alert | None:
        where = "device = ? AND boot_id = ? AND seq < ? AND (ended_us IS NULL OR ended_us > ?) LIMIT 1"
        return next(iter(self._where(where, device, boot_id, seq, at_us)), None)

    def any_since(self, device: str, since_us: int) -> bool:
        where = "device = ? AND (ended_us IS NULL OR ended_us >= ?) LIMIT 1"
        return bool(self._where(where, device, since_us))

    def drop(self, number: int) -> None:
        self._connection.execute("DELETE FROM alerts WHERE id = ?", (number,))

    def drop_of(self, device: str) -> None:
        self._connection.execute("DELETE FROM alerts WHERE device = ?", (device,))
        self._connection.execute("DELETE FROM incidents WHERE device = ?", (device,))

    def _put(self, alert: Alert) -> None:
        self._connection.execute(f"UPDATE alerts SET {ALERT.settings} WHERE id = :id", as_dict(alert))

    def _where(self, where: str, *values: str | int) -> list[Alert]:
        return _alerts(self._connection.execute(f"SELECT {ALERT.names} FROM alerts WHERE {where}", values))


class SqliteIncidents:
    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def new_alerts(self) -> list[Alert]:
        return _alerts(
            self._connection.execute(f"SELECT {ALERT.names} FROM alerts WHERE incident IS NULL ORDER BY id")
        )

    def find_open(self, device: str) -> int | None:
        found = self._connection.execute(
            "SELECT id FROM incidents WHERE device = ? AND recovered_us IS NULL", (device,)
        ).fetchone()
        return found["id"] if found else None

    def adopt(self, alert: Alert, incident: int | None) -> None:
        if incident is None:
            self._connection.execute(
                "INSERT INTO incidents (id, device) VALUES (?, ?)", (alert.id, alert.device)
            )
        number = alert.id if incident is None else incident
        self._connection.execute("UPDATE alerts SET incident = ? WHERE id = ?", (number, alert.id))

    def open(self) -> list[Incident]:
        return [INCIDENT.row(row) for row in self._connection.execute(OPEN)]

    def told(self, number: int, at_us: int, level: str) -> None:
        self._connection.execute(
            "UPDATE incidents SET told_us = ?, told_level = ? WHERE id = ?", (at_us, level, number)
        )

    def close(self, number: int, at_us: int) -> None:
        self._connection.execute("UPDATE incidents SET recovered_us = ? WHERE id = ?", (at_us, number))

    def drop_empty(self) -> None:
        self._connection.execute(
            "DELETE FROM incidents WHERE recovered_us IS NULL"
            " AND NOT EXISTS (SELECT 1 FROM alerts WHERE alerts.incident = incidents.id)"
        )


def _alerts(found: Iterable[sqlite3.Row]) -> list[Alert]:
    return [ALERT.row(row) for row in found]
