"""Learning: a board's next windows are recorded, a model is trained of them and put on the board.

Each step is on disk before the next begins: a server that stops goes on where it was.
"""

import asyncio
import contextlib
import re
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

import structlog
from aiohttp import web
from judder_core import model_file

from judder.errors import JudderError
from judder.server import recordings
from judder.server.devices import Device, Devices
from judder.server.events import Events
from judder.server.keys import CLOCK_US, DEVICES, LEARNER
from judder.server.learnings import (
    DELIVERING,
    DONE,
    FAILED,
    LEAST_WINDOWS,
    MOST_WINDOWS,
    RECORDING,
    TRAINING,
    WINDOWS,
    Learning,
)
from judder.server.models import Models, board_detector
from judder.server.recordings import Recordings
from judder.server.replies import RequestError, read_json, reply
from judder.server.store import Store

LOOK_EVERY_S = 1.0
PREFIX = "learned"
"""Conditions that were recorded to be learned: PREFIX/BOARD/TIME."""

log = structlog.get_logger()


class Learner:
    """Takes every open learning from step to step; trains one at a time, in a process of its own."""

    def __init__(
        self,
        store: Store,
        events: Events,
        recordings: Recordings,
        devices: Devices,
        models: Models,
        data_dir: Path,
    ) -> None:
        self._store = store
        self._events = events
        self._recordings = recordings
        self._devices = devices
        self._models = models
        self._data_dir = data_dir

    async def load(self) -> None:
        for row in await self._store.query("SELECT * FROM learnings ORDER BY recording"):
            self._devices.get(row["device"]).learning = Learning(**row)

    async def start(self, device: Device, windows: int, now_us: int) -> Learning:
        """Begin to learn the next windows of device as normal. Raises RequestError 409 where it cannot."""
        if not device.takes_models():
            raise RequestError(
                409,
                f"Board {device.id} takes no model over the network.",
                hint="Record and train by hand: judder record normal, judder train",
            )
        if device.is_learning:
            raise RequestError(409, f"Board {device.id} is learning.", hint="Stop its recording first.")
        stamp = time.strftime("%Y%m%d-%H%M%S", time.gmtime(now_us / 1e6))
        condition = f"{PREFIX}/{device.id}/{stamp}"
        recording = await self._recordings.start(condition, windows, device.id, False, now_us)
        device.learning = Learning(recording.id, device.id)
        await self._move(device, RECORDING, now_us)
        return device.learning

    async def follow(self, device: Device, now_us: int) -> None:
        """Let a board whose task is to learn begin, once; after a failure somebody has to ask for it."""
        status = device.status
        if status.get("task") != "learn" or status.get("model_id") or device.learning:
            return
        with contextlib.suppress(
            RequestError
        ):  # it cannot, or is being recorded: its next report tries again
            await self.start(device, WINDOWS, now_us)

    async def run(self, clock_us: Callable[[], int]) -> None:
        """Take all learnings further, for ever."""
        while True:
            for device in self._devices.list():
                if device.is_learning:
                    try:
                        await self._advance(device, clock_us)
                    except Exception:  # a full disk, say: the next look tries again
                        log.exception("learning_stuck", device=device.id)
            await asyncio.sleep(LOOK_EVERY_S)

    async def _advance(self, device: Device, clock_us: Callable[[], int]) -> None:
        learning = device.learning
        assert learning
        recording = self._recordings.get(learning.recording)
        try:
            if learning.state == RECORDING and recording.state == recordings.STOPPED:
                raise JudderError("The recording was stopped.")
            if learning.state == RECORDING and recording.state == recordings.DONE:
                await self._move(device, TRAINING, clock_us())
            if learning.state == TRAINING:
                learning.model_id = await self._train(device, recording.condition)
                await self._devices.order(device, self._models.find(learning.model_id), clock_us())
                await self._move(device, DELIVERING, clock_us())
            if learning.state == DELIVERING and device.status.get("model_id") == learning.model_id:
                await self._move(device, DONE, clock_us())
            elif learning.state == DELIVERING and not (device.order and device.order.is_open):
                raise JudderError((device.order and device.order.error) or "The order was taken back.")
        except JudderError as error:
            learning.error = str(error)
            log.warning("learning_failed", device=device.id, error=str(error))
            await self._move(device, FAILED, clock_us())

    async def _move(self, device: Device, state: str, now_us: int) -> None:
        learning = device.learning
        assert learning
        learning.state = state
        await self._store.write(
            "INSERT OR REPLACE INTO learnings (recording, device, state, model_id, error)"
            " VALUES (?, ?, ?, ?, ?)",
            *(learning.recording, learning.device, state, learning.model_id, learning.error),
        )
        await self._devices.save(device, now_us)

    async def _train(self, device: Device, condition: str) -> str:
        """Return the id of a model of condition, trained as the board's model was. Raises JudderError."""
        name = re.sub(r"[^A-Za-z0-9_]+", "-", str(device.status.get("name") or "")).strip("-") or device.id
        with tempfile.TemporaryDirectory() as folder:
            out = Path(folder) / f"{name}.judder.json"
            await _judder(
                *("train", "--data", str(self._data_dir), "--normal", condition, "--out", str(out)),
                *self._as_before(device),
            )
            model = self._models.keep(out.read_bytes())
        self._events.publish("model", {"model_id": model.model_id})
        return str(model.model_id)

    def _as_before(self, device: Device) -> list[str]:
        """Return the options that the board's model was trained with, as far as they are known."""
        model_id = str(device.status.get("model_id"))
        if not self._models.has(model_id):
            return []
        wished = model_file.parse(self._models.read(model_id))["decision"]["false_alarms"]["wished"]
        detector = board_detector(self._models.find(model_id), device.status.get("detector"))
        return ["--features", detector.feature_set, "--false-alarms", wished]


async def _judder(*arguments: str) -> None:
    """Run a verb of the command line beside the server. Raises JudderError with its sentence."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "judder", *arguments),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        _, said = await process.communicate()
    except asyncio.CancelledError:  # the server stops; it trains anew when it is back
        process.kill()
        raise
    if process.returncode:
        sentences = re.findall(r"^judder: (.*)", said.decode(errors="replace"), re.MULTILINE)
        raise JudderError(sentences[-1] if sentences else f"judder {arguments[0]} failed.")


def parse_windows(body: dict[str, Any]) -> int:
    """Return how many windows body asks for. Raises RequestError."""
    windows = body.get("windows", WINDOWS)
    if type(windows) is not int or not LEAST_WINDOWS <= windows <= MOST_WINDOWS:
        raise RequestError(
            400, f"{windows!r} is no number of windows.", hint=f"Give {LEAST_WINDOWS} to {MOST_WINDOWS}."
        )
    return windows


async def start_learning(request: web.Request) -> web.Response:
    """Take {"windows": n}: the board's next n windows are what is normal from then on."""
    device = request.app[DEVICES].find(request.match_info["device"])
    windows = parse_windows(await read_json(request))
    return reply(asdict(await request.app[LEARNER].start(device, windows, request.app[CLOCK_US]())))
