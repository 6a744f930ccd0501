"""Alerts: one fault is one alert, from its first window to its end, and until somebody acknowledges it."""

from typing import Any

import structlog

from judder.server.services.device import Device
from judder.server.services.errors import NotFound
from judder.server.services.events import RESYNC, Events
from judder.server.storage.sqlite import Store

log = structlog.get_logger()
BEGIN = (
    "INSERT INTO alerts (device, boot_id, seq, judged_by, model_id, score, started_us, why)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
)


class Alerts:
    """Begins, ends and acknowledges alerts, on disk first; each change is published as an `alert` event.

    begun: how many, since the server started.
    """

    def __init__(self, store: Store, events: Events) -> None:
        self._store = store
        self._events = events
        self.begun = 0

    async def follow(self, device: Device, answer: dict[str, Any], now_us: int) -> None:
        """Begin or end the board's alert, as the answer to its newest window says."""
        if answer["alert"] and device.alert_id is None:
            device.alert_id = await self._begin(device, answer, now_us)
            await self._publish(device.alert_id)
        elif not answer["alert"] and device.alert_id is not None:
            ended, device.alert_id = device.alert_id, None
            await self._end(ended, now_us)

    async def follow_late(self, device: Device, answer: dict[str, Any], sampled_us: int) -> None:
        """Tell of an alert while the board could not reach this server: over, as far as is known yet."""
        if not answer["alert"]:
            device.late_alert_id = None
            return
        if device.late_alert_id is None and await self._spans(device, answer, sampled_us):
            return
        if device.late_alert_id is None:
            device.late_alert_id = await self._begin(device, answer, sampled_us)
        await self._end(device.late_alert_id, sampled_us)
        following = await self._store.query(
            "SELECT id FROM alerts WHERE device = ? AND boot_id = ? AND seq = ?",
            *(device.id, answer["boot_id"], answer["seq"] + 1),
        )
        if following:  # it was on when the board was back
            await self._join(device.late_alert_id, following[0]["id"])
            device.late_alert_id = None

    async def _spans(self, device: Device, answer: dict[str, Any], sampled_us: int) -> bool:
        """Return whether an alert that began before this window was still on after it."""
        spanning = await self._store.query(
            "SELECT 1 FROM alerts WHERE device = ? AND boot_id = ? AND seq < ?"
            " AND (ended_us IS NULL OR ended_us > ?)",
            *(device.id, answer["boot_id"], answer["seq"], sampled_us),
        )
        return bool(spanning)

    async def _begin(self, device: Device, answer: dict[str, Any], at_us: int) -> int:
        number = await self._store.write(
            BEGIN,
            *(device.id, answer["boot_id"], answer["seq"], answer["judged_by"] or "board"),
            *(answer["model_id"], answer["score"], at_us, answer["why"]),
        )
        self.begun += 1
        log.info("alert", board=device.name, number=number, why=answer["why"])
        return number

    async def _end(self, number: int, at_us: int) -> None:
        await self._store.write("UPDATE alerts SET ended_us = ? WHERE id = ?", at_us, number)
        await self._publish(number)

    async def _join(self, late: int, following: int) -> None:
        """Let the alert called following begin where late did, and drop late; whoever shows it asks anew."""
        await self._store.write(
            "UPDATE alerts SET (seq, score, started_us, why) ="
            " (SELECT seq, score, started_us, why FROM alerts WHERE id = ?) WHERE id = ?",
            *(late, following),
        )
        await self._store.write("DELETE FROM alerts WHERE id = ?", late)
        self._events.publish(RESYNC.kind, RESYNC.data)

    async def acknowledge(self, number: int, now_us: int) -> dict[str, Any]:
        """Note that somebody has seen alert number; the first time counts."""
        await self._store.write(
            "UPDATE alerts SET acknowledged_us = ? WHERE id = ? AND acknowledged_us IS NULL", now_us, number
        )
        return await self._publish(number)

    async def _publish(self, number: int) -> dict[str, Any]:
        rows = await self._store.query("SELECT * FROM alerts WHERE id = ?", number)
        if not rows:
            raise NotFound(f"There is no alert {number}.", hint="GET /api/v1/alerts")
        self._events.publish("alert", rows[0])
        return rows[0]
