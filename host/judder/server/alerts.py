"""Alerts: one fault is one alert, from its first window to its end, and until somebody acknowledges it."""

from typing import Any

from aiohttp import web

from judder.server.devices import Device
from judder.server.events import Events
from judder.server.keys import ALERTS, CLOCK_US, STORE
from judder.server.replies import RequestError, read_json, reply
from judder.server.store import Store

MOST_LISTED = 1000
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
            device.alert_id = await self._store.write(
                BEGIN,
                *(device.id, answer["boot_id"], answer["seq"], answer["judged_by"] or "board"),
                *(answer["model_id"], answer["score"], now_us, answer["why"]),
            )
            self.begun += 1
            await self._publish(device.alert_id)
        elif not answer["alert"] and device.alert_id is not None:
            ended, device.alert_id = device.alert_id, None
            await self._store.write("UPDATE alerts SET ended_us = ? WHERE id = ?", now_us, ended)
            await self._publish(ended)

    async def acknowledge(self, number: int, now_us: int) -> dict[str, Any]:
        """Note that somebody has seen alert number; the first time counts."""
        await self._store.write(
            "UPDATE alerts SET acknowledged_us = ? WHERE id = ? AND acknowledged_us IS NULL", now_us, number
        )
        return await self._publish(number)

    async def _publish(self, number: int) -> dict[str, Any]:
        rows = await self._store.query("SELECT * FROM alerts WHERE id = ?", number)
        if not rows:
            raise RequestError(404, f"There is no alert {number}.", hint="GET /api/v1/alerts")
        self._events.publish("alert", rows[0])
        return rows[0]


async def list_alerts(request: web.Request) -> web.Response:
    """List the newest alerts first; ?limit= narrows it."""
    limit = request.query.get("limit", "")
    rows = await request.app[STORE].query(
        "SELECT * FROM alerts ORDER BY id DESC LIMIT ?",
        min(int(limit), MOST_LISTED) if limit.isdecimal() else MOST_LISTED,
    )
    return reply({"alerts": rows})


async def change_alert(request: web.Request) -> web.Response:
    """Take {"acknowledged": true}."""
    body = await read_json(request)
    if body != {"acknowledged": True}:
        raise RequestError(400, f"{body!r} is no change.", hint='Send {"acknowledged": true}.')
    number = int(request.match_info["number"])
    return reply(await request.app[ALERTS].acknowledge(number, request.app[CLOCK_US]()))
