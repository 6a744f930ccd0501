"""What people are told: a fault once, again until somebody acknowledges it, and that it is over.

A fault is all the alerts of one board with less than the cool-down of calm between them: a fan that hovers
about its threshold is one fault, not twenty. All is decided from what is on disk, in one transaction with
the outbox: a server that stops at any moment neither forgets a fault nor tells it twice.
"""

import json
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass

from judder.server.notify.message import ALERT, RECOVERED, REMINDER, Message, make_key

NEW_ALERTS = "SELECT id, device FROM alerts WHERE fault IS NULL ORDER BY id"
OPEN_FAULTS = """
SELECT faults.id, faults.device, told_us, max(alerts.id) AS alert, min(started_us) AS started_us,
    CASE WHEN count(*) = count(ended_us) THEN max(ended_us) END AS ended_us,
    max(acknowledged_us) AS acknowledged_us
FROM faults JOIN alerts ON alerts.fault = faults.id WHERE recovered_us IS NULL GROUP BY faults.id
"""
EMPTY_FAULTS = (
    "DELETE FROM faults WHERE recovered_us IS NULL"
    " AND NOT EXISTS (SELECT 1 FROM alerts WHERE alerts.fault = faults.id)"
)
"""An alert of a board's backlog is dropped where it proves to be the beginning of another."""


@dataclass(frozen=True)
class Rules:
    """cooldown_us: calm that ends a fault. repeat_us: between reminders, 0 for none. url: the page's."""

    cooldown_us: int
    repeat_us: int
    url: str = ""


def follow(connection: sqlite3.Connection, rules: Rules, channels: Sequence[str], now_us: int) -> int:
    """Put what is due into the outbox of each of channels; return how many messages that were.

    connection: in a transaction, with rows by name. Faults that are over end before new alerts are looked
    at, so that an alert after enough calm is a fault of its own.
    """
    connection.execute(EMPTY_FAULTS)
    told = _tell_due(connection, rules, channels, now_us)
    for alert in connection.execute(NEW_ALERTS).fetchall():
        _adopt(connection, alert)
    return told + _tell_due(connection, rules, channels, now_us)


def _adopt(connection: sqlite3.Connection, alert: sqlite3.Row) -> None:
    """Make alert part of its board's open fault, or the first of a new one."""
    fault = connection.execute(
        "SELECT id FROM faults WHERE device = ? AND recovered_us IS NULL", (alert["device"],)
    ).fetchone()
    if fault is None:
        connection.execute("INSERT INTO faults (id, device) VALUES (?, ?)", (alert["id"], alert["device"]))
    number = fault["id"] if fault else alert["id"]
    connection.execute("UPDATE alerts SET fault = ? WHERE id = ?", (number, alert["id"]))


def _tell_due(connection: sqlite3.Connection, rules: Rules, channels: Sequence[str], now_us: int) -> int:
    told = 0
    for fault in connection.execute(OPEN_FAULTS).fetchall():
        kind = _due(fault, rules, now_us)
        if kind is None:
            continue
        _post(connection, _message(connection, fault, kind, rules, now_us), channels)
        over = now_us if kind == RECOVERED else None
        connection.execute(
            "UPDATE faults SET told_us = ?, recovered_us = ? WHERE id = ?", (now_us, over, fault["id"])
        )
        told += 1
    return told


def _due(fault: sqlite3.Row, rules: Rules, now_us: int) -> str | None:
    """Return the kind of message that fault wants now, or None.

    A fault of a board's backlog is long over when it is told, and more of it may be on its way.
    """
    if fault["told_us"] is None:
        return ALERT
    if fault["ended_us"] is not None:
        calm_us = now_us - max(fault["ended_us"], fault["told_us"])
        return RECOVERED if calm_us >= rules.cooldown_us else None
    wants_reminder = rules.repeat_us and fault["acknowledged_us"] is None
    return REMINDER if wants_reminder and now_us - fault["told_us"] >= rules.repeat_us else None


def _message(
    connection: sqlite3.Connection, fault: sqlite3.Row, kind: str, rules: Rules, now_us: int
) -> Message:
    newest = connection.execute("SELECT * FROM alerts WHERE id = ?", (fault["alert"],)).fetchone()
    device = connection.execute("SELECT status FROM devices WHERE id = ?", (fault["device"],)).fetchone()
    status = json.loads(device["status"]) if device else {}
    return Message(
        make_key(),
        kind,
        now_us,
        device_id=fault["device"],
        name=str(status.get("name") or ""),
        place=str(status.get("place") or ""),
        fault=fault["id"],
        alert=fault["alert"],
        started_us=fault["started_us"],
        ended_us=fault["ended_us"],
        why=newest["why"],
        score=newest["score"],
        model_id=newest["model_id"],
        url=rules.url,
    )


def _post(connection: sqlite3.Connection, message: Message, channels: Sequence[str]) -> None:
    connection.executemany(
        "INSERT INTO outbox (key, channel, message, created_us, due_us) VALUES (?, ?, ?, ?, ?)",
        [(message.key, name, message.to_json(), message.at_us, message.at_us) for name in channels],
    )
