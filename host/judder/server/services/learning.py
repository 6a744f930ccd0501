"""Learning: a board's next windows are recorded, a model is trained of them and put on the board.

Each step is on disk before the next begins: a server that stops goes on where it was.
"""

import asyncio
import contextlib
import re
import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import structlog
from judder_core.errors import CoreError

from judder.errors import JudderError
from judder.model import document
from judder.server.services import recordings
from judder.server.services.device import Device
from judder.server.services.devices import Devices
from judder.server.services.errors import Conflict
from judder.server.services.learnings import (
    DELIVERING,
    DONE,
    FAILED,
    RECORDING,
    TRAINING,
    WINDOWS,
    Learning,
)
from judder.server.services.models import Models
from judder.server.services.orders import Order
from judder.server.services.recordings import Recordings
from judder.server.services.supervise import Tasks
from judder.server.storage.rows import as_dict
from judder.server.storage.store import Store, StoreError, Unit
from judder.training.progress import Step

LOOK_EVERY_S = 1.0
RETRY_S, MOST_FAILURES = 30.0, 10
PREFIX = "learned"
"""Conditions that were recorded to be learned: PREFIX/BOARD/TIME."""

log = structlog.get_logger()


class Learner:
    """Takes each open learning from step to step; one trains at a time, in a process of its own."""

    def __init__(
        self,
        store: Store,
        recordings: Recordings,
        devices: Devices,
        models: Models,
        tasks: Tasks,
        clock_us: Callable[[], int],
        data_dir: Path,
    ) -> None:
        self._store = store
        self._recordings = recordings
        self._devices = devices
        self._models = models
        self._supervise = tasks.supervise
        self._clock_us = clock_us
        self._data_dir = data_dir
        self._changing = asyncio.Lock()
        self._training = asyncio.Lock()
        self._tasks: dict[int, asyncio.Task[None]] = {}  # by the learning's recording

    async def load(self) -> None:
        """Go on with what was open when the server stopped."""
        for row in await self._store.read(lambda unit: unit.learnings.all()):
            self._devices.get(row.device).learning = Learning(**as_dict(row))
        for device in self._devices.list():
            if device.learning and device.learning.is_open:
                self._see_through(device, device.learning)

    async def close(self) -> None:
        tasks = list(self._tasks.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def start(self, device: Device, windows: int) -> Learning:
        """Begin to learn the next windows of device as normal. Raises Conflict where it cannot."""
        device.require_that_it_takes_models()
        if device.status.get("task") == "collect":
            raise Conflict(
                f"Board {device.id} judges nothing: its task is collect.",
                hint='Set "task" in its config to detect or learn, and deploy it again.',
            )
        async with self._changing:
            if device.is_learning:
                raise Conflict(
                    f"Board {device.id} is learning already.",
                    hint=f"Stop it: DELETE /api/v1/devices/{device.id}/learn",
                )
            now_us = self._clock_us()
            stamp = time.strftime("%Y%m%d-%H%M%S", time.gmtime(now_us / 1e6))
            condition = f"{PREFIX}/{device.id}/{stamp}"
            recording = await self._recordings.start(
                *(condition, windows, device.id, False, now_us),
                also=lambda unit, number: unit.learnings.save(Learning(number, device.id).row()),
            )
            learning = device.learning = Learning(recording.id, device.id)
            self._see_through(device, learning)
            self._tell(device)
        return learning

    async def follow(self, device: Device) -> None:
        """Let a board whose task is to learn begin, once; after a failure somebody has to ask for it."""
        status = device.status
        if status.get("task") != "learn" or status.get("model_id") or device.learning:
            return
        with contextlib.suppress(Conflict):  # it is being recorded, say: its next report tries again
            await self.start(device, WINDOWS)

    async def stop(self, device: Device) -> Learning:
        """Give up what device is learning; the board keeps its model. Raises Conflict."""
        async with self._changing:
            learning = device.learning
            if not learning or not learning.is_open:
                raise Conflict(f"Board {device.id} is not learning.", hint="GET /api/v1/devices")
            order = None if learning.state == DELIVERING else device.order
            task = self._tasks[learning.recording]
            task.cancel()
            await asyncio.wait([task])
            try:
                await self._move(device, learning, order, state=FAILED, error="It was stopped.")
            except StoreError:
                self._see_through(device, learning)
                raise
            return learning

    def _see_through(self, device: Device, learning: Learning) -> None:
        further = partial(self._take_further, device, learning)
        task = self._supervise(f"learning of {device.id}", further)
        self._tasks[learning.recording] = task
        task.add_done_callback(lambda _: self._tasks.pop(learning.recording))

    async def _take_further(self, device: Device, learning: Learning) -> None:
        """Take learning from step to step until it is done or fails."""
        failures = 0
        try:
            while learning.is_open:
                try:
                    await self._advance(device, learning)
                except (StoreError, OSError) as error:  # a full disk, say
                    failures += 1
                    if failures > MOST_FAILURES:
                        raise
                    log.warning("learning_waits", board=device.name, error=str(error))
                    await asyncio.sleep(RETRY_S)
                await asyncio.sleep(LOOK_EVERY_S)
        except Exception as error:
            expected = isinstance(error, JudderError | CoreError)
            log.warning("learning_failed", device=device.id, error=str(error), exc_info=not expected)
            why = str(error) if expected else "The server failed; its log says why."
            await self._move(device, learning, device.order, state=FAILED, error=why)

    async def _advance(self, device: Device, learning: Learning) -> None:
        recording = self._recordings.get(learning.recording)
        if learning.state == RECORDING and recording.state == recordings.STOPPED:
            raise JudderError("The recording was stopped.")
        if learning.state == RECORDING and recording.state == recordings.DONE:
            await self._move(device, learning, device.order, state=TRAINING)
        if learning.state == TRAINING:
            async with self._training:
                model_id, warnings = await self._train(device, learning, recording.condition)
            warnings = [*await self._alerts_since(device, recording.started_us), *warnings]
            async with self._changing:
                order = self._devices.make_order(device, self._models.find(model_id))
                trained = {"model_id": model_id, "warnings": warnings}
                await self._move(device, learning, order, state=DELIVERING, **trained)
        elif learning.state == DELIVERING and device.status.get("model_id") == learning.model_id:
            await self._move(device, learning, device.order, state=DONE)
        elif learning.state == DELIVERING and not (device.order and device.order.is_open):
            raise JudderError((device.order and device.order.error) or "The order was taken back.")

    async def _move(
        self, device: Device, learning: Learning, order: Order | None, state: str, **changes: Any
    ) -> None:
        """Take learning to state, its board's order with it, on disk together and then here.

        A recording that still runs is stopped with a learning that has failed.
        """
        row, moved = device.row(order), replace(learning, state=state, **changes).row()
        is_new = order is not device.order
        recording = self._recordings.get(learning.recording)

        def save(unit: Unit) -> None:
            unit.devices.save(row)
            unit.learnings.save(moved)

        if state == FAILED and recording.state == recordings.RUNNING:
            await self._recordings.change(recording, also=save, state=recordings.STOPPED)
        else:
            await self._store.write(save)
        if is_new:
            device.order = order
        vars(learning).update(changes, state=state)
        self._tell(device)

    def _tell(self, device: Device) -> None:
        learning = device.learning
        assert learning
        shown = {"state": learning.state, "model": learning.model_id, "error": learning.error}
        log.info("learning", board=device.name, **shown)
        self._devices.show(device, self._clock_us())

    async def _alerts_since(self, device: Device, since_us: int) -> list[str]:
        """Return a warning where the board was alerting while it learned."""
        alerted = await self._store.read(lambda unit: unit.alerts.any_since(device.id, since_us))
        return ["The board alerted meanwhile: whatever was wrong then is normal now."] if alerted else []

    async def _train(self, device: Device, learning: Learning, condition: str) -> tuple[str, list[str]]:
        """Return the id of a Mahalanobis model of condition, and what should be known of it.

        Raises JudderError or CoreError, and OSError where it may be tried again.
        """
        from judder.server.services.trainer import train_apart  # multiprocessing, of which most have no need

        name = re.sub(r"[^A-Za-z0-9_]+", "-", device.name).strip("-") or device.id
        told = partial(self._tell_step, device, learning)
        try:
            data, warnings = await train_apart(
                self._data_dir, condition, told, name=name, **self._as_before(device)
            )
        finally:
            learning.doing = None
        model = self._models.keep(data)
        return model.model_id, list(warnings)

    def _tell_step(self, device: Device, learning: Learning, step: Step) -> None:
        if learning.state == TRAINING:  # it may have been stopped meanwhile
            learning.doing = step.doing
            self._devices.show(device, self._clock_us())

    def _as_before(self, device: Device) -> dict[str, Any]:
        """Return the features and the wishes of the board's model, as far as they are known.

        One of version 1 has a wish for one level, and features that nobody may have chosen: what is learned
        after it is what is learned without one.
        """
        model_id = str(device.status.get("model_id"))
        if not self._models.has(model_id):
            return {}
        before = document.read(self._models.read(model_id))
        if not isinstance(before, document.Document):
            return {}
        wishes = {"notices": before.decision.notices, "false_alarms": before.decision.false_alarms}
        return {"features": before.features.set, **{name: wish.wished for name, wish in wishes.items()}}
