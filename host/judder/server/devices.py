"""What the server knows of every board: when it was last heard, what it reports, its alerts."""

import json
from collections import OrderedDict
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web
from judder_core.window import FLAG_BACKLOG, Window

from judder.server.keys import CLOCK_US, DEVICES, RECORDINGS, STORE
from judder.server.quality import BoardQuality
from judder.server.replies import RequestError, read_json, reply
from judder.server.store import Store

ANSWERS_KEPT = 64


@dataclass
class Device:
    """One board. answers: the last ones by (boot_id, seq), for windows that come twice. alert_id: of the
    alert that is on; late_alert_id: of one that windows from the board's backlog tell of.
    """

    id: str
    status: dict[str, Any] = field(default_factory=dict)
    status_us: int = 0
    last_seen_us: int = 0
    windows: int = 0
    lost: int = 0
    last: dict[str, Any] = field(default_factory=dict)
    alert_id: int | None = None
    late_alert_id: int | None = None
    answers: OrderedDict[tuple[int, int], dict[str, Any]] = field(default_factory=OrderedDict)
    quality: BoardQuality = field(default_factory=BoardQuality)

    def is_late(self, window: Window) -> bool:
        """Return whether window comes from the board's backlog, after others that were sampled after it."""
        if not (window.flags & FLAG_BACKLOG and self.last):
            return False
        return bool(window.boot_id != self.last["boot_id"] or window.seq < self.last["seq"])

    def remember(self, boot_id: int, seq: int, answer: dict[str, Any], late: bool) -> None:
        """Take in a window's answer, and count the windows missing before it; a late one was missed."""
        if late and self.last["boot_id"] == boot_id:
            self.lost = max(0, self.lost - 1)
        elif self.last and self.last["boot_id"] == boot_id and seq > self.last["seq"]:
            self.lost += seq - self.last["seq"] - 1
        self.windows += 1
        if not late:
            self.last = answer
        self.answers[boot_id, seq] = answer
        if len(self.answers) > ANSWERS_KEPT:
            self.answers.popitem(last=False)

    def to_dict(self) -> dict[str, Any]:
        return {
            "device_id": self.id,
            "last_seen_us": self.last_seen_us,
            "windows": self.windows,
            "lost": self.lost,
            "alert": self.alert_id is not None,
            "quality": self.quality.to_list(),
            "last": self.last,
            "status": self.status,
            "status_us": self.status_us,
        }


class Devices:
    """All boards this server has heard of. Counts start with the server; status and alerts last."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._all: dict[str, Device] = {}

    async def load(self) -> None:
        for row in await self._store.query("SELECT * FROM devices"):
            self._all[row["id"]] = Device(row["id"], json.loads(row["status"]), row["status_us"])
        for row in await self._store.query("SELECT id, device FROM alerts WHERE ended_us IS NULL"):
            self.get(row["device"]).alert_id = row["id"]

    def list(self) -> list[Device]:
        return list(self._all.values())

    def get(self, device: str) -> Device:
        return self._all.setdefault(device, Device(device))

    async def report(self, device: Device, status: dict[str, Any], now_us: int) -> None:
        """Keep what a board says of itself."""
        device.status, device.status_us, device.last_seen_us = status, now_us, now_us
        await self._store.write(
            "INSERT OR REPLACE INTO devices (id, status, status_us) VALUES (?, ?, ?)",
            *(device.id, json.dumps(status), now_us),
        )

    async def follow_alert(self, device: Device, answer: dict[str, Any], now_us: int) -> None:
        """Begin or end the board's alert, so that one fault is one alert."""
        if answer["alert"] and device.alert_id is None:
            device.alert_id = await self._begin_alert(device, answer, now_us)
        elif not answer["alert"] and device.alert_id is not None:
            ended, device.alert_id = device.alert_id, None
            await self._end_alert(ended, now_us)

    async def follow_late_alert(self, device: Device, answer: dict[str, Any], sampled_us: int) -> None:
        """Tell of an alert while the board could not reach this server: over, as far as is known yet."""
        if not answer["alert"]:
            device.late_alert_id = None
            return
        if device.late_alert_id is None:
            device.late_alert_id = await self._begin_alert(device, answer, sampled_us)
        await self._end_alert(device.late_alert_id, sampled_us)
        following = await self._store.query(
            "SELECT id FROM alerts WHERE device = ? AND boot_id = ? AND seq = ?",
            *(device.id, answer["boot_id"], answer["seq"] + 1),
        )
        if following:  # it was on when the board was back
            await self._store.write(
                "UPDATE alerts SET (seq, score, started_us, why) ="
                " (SELECT seq, score, started_us, why FROM alerts WHERE id = ?) WHERE id = ?",
                *(device.late_alert_id, following[0]["id"]),
            )
            await self._store.write("DELETE FROM alerts WHERE id = ?", device.late_alert_id)
            device.late_alert_id = None

    async def _begin_alert(self, device: Device, answer: dict[str, Any], now_us: int) -> int:
        return await self._store.write(
            "INSERT INTO alerts (device, boot_id, seq, judged_by, model_id, score, started_us, why)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            *(device.id, answer["boot_id"], answer["seq"]),
            *(answer["judged_by"] or "board", answer["model_id"], answer["score"], now_us, answer["why"]),
        )

    async def _end_alert(self, alert_id: int, now_us: int) -> None:
        await self._store.write("UPDATE alerts SET ended_us = ? WHERE id = ?", now_us, alert_id)


async def list_devices(request: web.Request) -> web.Response:
    return reply({"devices": [device.to_dict() for device in request.app[DEVICES].list()]})


async def list_alerts(request: web.Request) -> web.Response:
    rows = await request.app[STORE].query("SELECT * FROM alerts ORDER BY id DESC LIMIT 1000")
    return reply({"alerts": rows})


async def post_status(request: web.Request) -> web.Response:
    """Take a board's report of itself and answer as a window is answered: clock, recording, commands."""
    devices, now_us = request.app[DEVICES], request.app[CLOCK_US]()
    name = request.match_info["device"]
    if len(name) > 40 or not name.isalnum():
        raise RequestError(400, f"{name!r} is no device id.", hint="Send the MAC as 12 hex digits.")
    status = await read_json(request)
    await devices.report(devices.get(name), status, now_us)
    return reply({"record": request.app[RECORDINGS].wants(name), "server_time_us": now_us, "commands": []})
