"""What the server knows of every board: when it was last heard, what it reports, how it is, in a word."""

import asyncio
import json
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from typing import Any

import structlog
from aiohttp import web
from judder_core.model import Model
from judder_core.states import NOT_JUDGED, SAFE_MODE, SENSOR_FAULT, STATES
from judder_core.window import FLAG_BACKLOG, FLAG_LOCAL_SCORE, FLAG_LOST, Window

from judder.server.events import Events
from judder.server.keys import CLOCK_US, DEVICES, LEARNER, MODELS, RECORDINGS
from judder.server.learnings import Learning
from judder.server.orders import Order, settle
from judder.server.quality import BoardQuality
from judder.server.replies import RequestError, read_json, reply
from judder.server.store import Store

ANSWERS_KEPT = 64
OFFLINE_AFTER_US = 30_000_000
"""A board reports every 10 s unless told otherwise."""
LOOK_EVERY_S = 2.0
OFFLINE = "offline"
log = structlog.get_logger()


@dataclass
class Device:
    """One board. answers: the last ones by (boot_id, seq), for windows that come twice. alert_id: of the
    alert that is on; late_alert_id: of one that windows from the board's backlog tell of. order: the model it
    is to fetch. learning: the last, of what is normal. taking: held while one of its windows is judged and
    stored.
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
    order: Order | None = None
    learning: Learning | None = None
    answers: OrderedDict[tuple[int, int], dict[str, Any]] = field(default_factory=OrderedDict)
    quality: BoardQuality = field(default_factory=BoardQuality)
    taking: asyncio.Lock = field(default_factory=asyncio.Lock)

    def is_late(self, window: Window) -> bool:
        """Return whether window comes from the board's backlog, after others that were sampled after it."""
        if not (window.flags & FLAG_BACKLOG and self.last):
            return False
        return bool(window.boot_id != self.last["boot_id"] or window.seq < self.last["seq"])

    def is_next(self, window: Window) -> bool:
        """Return whether window follows the newest one of the same start: it cannot have come before."""
        return bool(self.last and window.boot_id == self.last["boot_id"] and window.seq > self.last["seq"])

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

    @property
    def name(self) -> str:
        """What people call it."""
        return str(self.status.get("name") or self.id)

    @property
    def is_learning(self) -> bool:
        return self.learning is not None and self.learning.is_open

    def takes_models(self) -> bool:
        """Return whether the board fetches a model when it is told to."""
        commands = self.status.get("commands")
        return isinstance(commands, list) and "model" in commands

    def require_that_it_takes_models(self) -> None:
        """Raise RequestError 409 unless takes_models()."""
        if not self.takes_models():
            raise RequestError(
                409,
                f"Board {self.id} takes no model over the network.",
                hint="Record and train by hand: judder record normal, judder train; then judder deploy",
            )

    def state(self, now_us: int) -> str:
        """Return how the board is, a word of judder_core.states: never "normal" where nobody judges."""
        if now_us - self.last_seen_us > OFFLINE_AFTER_US:
            return OFFLINE
        reported = self._reported()
        is_newer = self.status_us > self.last.get("server_time_us", 0)
        if reported == SAFE_MODE:
            return SAFE_MODE
        if (reported == SENSOR_FAULT and is_newer) or self.quality.stuck:
            return SENSOR_FAULT
        if self.alert_id is not None:
            return "anomaly"
        if self.is_learning:
            return "learning"
        if reported == NOT_JUDGED and is_newer:
            return NOT_JUDGED
        own = reported if self.status.get("model_id") else None
        return self.last.get("state") or own or "learning"

    def _reported(self) -> str | None:
        """Return the word the board has for itself. One that is not ours is no proof that it judges."""
        if self.status.get("safe_mode") is True:
            return SAFE_MODE
        word = self.status.get("state")
        return word if word is None or (isinstance(word, str) and word in STATES) else NOT_JUDGED

    def lacks_verdict(self, window: Window) -> bool:
        """Return whether window should have been judged, and was not: samples are missing, or memory was."""
        if window.flags & FLAG_LOCAL_SCORE or self.is_learning or self.status.get("task") == "collect":
            return False
        return bool(window.flags & FLAG_LOST or self.status.get("model_id"))

    def summary(self, now_us: int) -> dict[str, Any]:
        """Return what changes with a window."""
        return {
            "device_id": self.id,
            "state": self.state(now_us),
            "last_seen_us": self.last_seen_us,
            "windows": self.windows,
            "lost": self.lost,
            "alert": self.alert_id is not None,
            "quality": self.quality.to_list(),
            "last": self.last,
        }

    def to_dict(self, now_us: int) -> dict[str, Any]:
        """Return all of it. recent: the last combined scores since the board's start, in thresholds."""
        answers = [self.answers[key] for key in sorted(self.answers) if key[0] == self.last["boot_id"]]
        pairs = [(answer["combined_score"], answer["combined_threshold"]) for answer in answers]
        recent = [round(score / threshold, 3) for score, threshold in pairs if score is not None]
        status = {"status": self.status, "status_us": self.status_us}
        plans = {
            "takes_models": self.takes_models(),
            "order": self.order.to_dict() if self.order else None,
            "learning": asdict(self.learning) if self.learning else None,
        }
        return {**self.summary(now_us), **status, **plans, "recent": recent}


class Devices:
    """All boards this server has heard of. Counts start with the server; status and alerts last."""

    def __init__(self, store: Store, events: Events) -> None:
        self._store = store
        self._events = events
        self._all: dict[str, Device] = {}

    async def load(self) -> None:
        for row in await self._store.query("SELECT * FROM devices"):
            status_us, ordered = row["status_us"], row["ordered_model"]
            device = Device(row["id"], json.loads(row["status"]), status_us, status_us)
            device.order = Order(ordered) if ordered else None
            self._all[device.id] = device
        for row in await self._store.query("SELECT id, device FROM alerts WHERE ended_us IS NULL"):
            self.get(row["device"]).alert_id = row["id"]

    def list(self) -> list[Device]:
        return list(self._all.values())

    def get(self, device: str) -> Device:
        return self._all.setdefault(device, Device(device))

    def find(self, device: str) -> Device:
        """Return a board that was heard. Raises RequestError 404."""
        if device not in self._all:
            raise RequestError(404, f"There is no board {device}.", hint="GET /api/v1/devices")
        return self._all[device]

    async def report(self, device: Device, status: dict[str, Any], now_us: int) -> tuple[dict[str, Any], ...]:
        """Keep what a board says of itself; return the commands for it."""
        if not device.status:
            log.info("board", name=status.get("name"), device=device.id, model=status.get("model_id"))
        device.status, device.status_us, device.last_seen_us = status, now_us, now_us
        command = settle(device.order, status) if device.order else None
        await self.save(device, now_us)
        return (command,) if command else ()

    async def order(self, device: Device, model: Model | None, now_us: int) -> None:
        """Have the board fetch model and run it from then on; None takes the order back.

        Raises RequestError 409 where the board cannot.
        """
        if model:
            device.require_that_it_takes_models()
            window_len, rate_hz = device.status.get("window_len"), device.status.get("nominal_rate_hz")
            if isinstance(window_len, int) and isinstance(rate_hz, int | float):
                misfit = model.fits(window_len, rate_hz)
                if misfit:
                    raise RequestError(409, f"The {misfit}.", hint="Train a model for this board.")
        device.order = Order(model.model_id) if model else None
        await self.save(device, now_us)

    async def save(self, device: Device, now_us: int) -> None:
        """Keep what is known of device on disk, and tell listeners."""
        ordered = device.order.model_id if device.order and device.order.is_open else None
        await self._store.write(
            "INSERT OR REPLACE INTO devices (id, status, status_us, ordered_model) VALUES (?, ?, ?, ?)",
            *(device.id, json.dumps(device.status), device.status_us, ordered),
        )
        self._events.publish("board", device.to_dict(now_us))

    def publish(self, device: Device, now_us: int, late: bool) -> None:
        """Tell listeners how device is, after a window of its; a late one is not its newest."""
        if late:
            self._events.publish("board", device.to_dict(now_us))
        else:
            self._events.publish("window", device.summary(now_us))

    async def watch_silence(self, clock_us: Callable[[], int]) -> None:
        """Publish each board that is no longer heard, once."""
        silent: set[str] = set()
        while True:
            now_us = clock_us()
            gone = {device.id for device in self.list() if device.state(now_us) == OFFLINE}
            for name in gone - silent:
                self._events.publish("board", self.get(name).to_dict(now_us))
            silent = gone
            await asyncio.sleep(LOOK_EVERY_S)


async def list_devices(request: web.Request) -> web.Response:
    now_us = request.app[CLOCK_US]()
    devices = [device.to_dict(now_us) for device in request.app[DEVICES].list()]
    return reply({"devices": devices, "server_time_us": now_us})


async def post_status(request: web.Request) -> web.Response:
    """Take a board's report of itself and answer as a window is answered: clock, recording, commands."""
    devices, now_us = request.app[DEVICES], request.app[CLOCK_US]()
    name = request.match_info["device"]
    if len(name) > 40 or not name.isalnum():
        raise RequestError(400, f"{name!r} is no device id.", hint="Send the MAC as 12 hex digits.")
    status = await read_json(request)
    device = devices.get(name)
    commands = await devices.report(device, status, now_us)
    await request.app[LEARNER].follow(device)
    wanted = request.app[RECORDINGS].wants(name)
    return reply({"record": wanted, "server_time_us": now_us, "commands": commands})


async def change_device(request: web.Request) -> web.Response:
    """Take {"model": id}: the board fetches that model and runs it; null takes the order back."""
    device, now_us = request.app[DEVICES].find(request.match_info["device"]), request.app[CLOCK_US]()
    body = await read_json(request)
    model_id = body.get("model")
    if set(body) != {"model"} or not (model_id is None or (isinstance(model_id, str) and model_id)):
        raise RequestError(400, f"{body!r} is no change.", hint='Send {"model": "NAME-XXXXXXXX"}.')
    model = request.app[MODELS].find(model_id) if model_id is not None else None
    await request.app[DEVICES].order(device, model, now_us)
    return reply(device.to_dict(now_us))
