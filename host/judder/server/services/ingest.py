"""Windows come in: decoded, judged, stored, and only then answered. Two protocols, one path."""

import sqlite3
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

from judder_core.states import NOT_JUDGED, STATES
from judder_core.window import FLAG_ALERT, FLAG_LOCAL_SCORE, FLAG_LOST, Window

from judder.server.services.alerts import Alerts
from judder.server.services.device import Device
from judder.server.services.devices import Devices
from judder.server.services.errors import Busy
from judder.server.services.recordings import Recordings
from judder.server.services.scoring import Judgement, Scoring
from judder.server.storage.sqlite import Store, StoredWindow

Timer = Callable[[], AbstractContextManager[Any]]
"""What a judgement is made inside of, to be timed."""


class Ingest:
    """The one path of a window, whichever protocol brought it."""

    def __init__(
        self,
        store: Store,
        recordings: Recordings,
        devices: Devices,
        alerts: Alerts,
        scoring: Scoring,
        timer: Timer,
        max_waiting: int,
        reference_boot_id: int,
    ) -> None:
        self._store = store
        self._recordings = recordings
        self._devices = devices
        self._alerts = alerts
        self._scoring = scoring
        self._timer = timer
        self._max_waiting = max_waiting
        self.reference_boot_id = reference_boot_id  # a new one each start: their protocol has no names
        self._reference_seq: dict[str, int] = {}

    async def take(self, name: str, window: Window, now_us: int) -> tuple[dict[str, Any], Judgement]:
        """Judge and store the next window of the board called name; return the answer to it.

        A window that comes twice is stored once and answered as it was the first time.
        """
        device = self._devices.get(name)
        device.last_seen_us = now_us
        async with device.taking:
            known = await self._known(device, window, now_us)
            if known:
                return {**known, "record": self._recordings.wants(name)}, Judgement(None, known["alert"])
            return await self._take_new(device, window, now_us)

    async def _known(self, device: Device, window: Window, now_us: int) -> dict[str, Any] | None:
        """Return the answer to a window that came before, or None: boards come again after a reset, too."""
        known = device.answers.get((window.boot_id, window.seq))
        if known or device.is_next(window):
            return known
        row = await self._store.find(device.id, window.boot_id, window.seq)
        return _stored_answer(row, now_us) if row else None

    async def _take_new(
        self, device: Device, window: Window, now_us: int
    ) -> tuple[dict[str, Any], Judgement]:
        name = device.id
        if self._store.waiting() >= self._max_waiting:
            raise Busy("The disk does not keep up.", hint="Send it again later.", retry_after_s=1)
        late = device.is_late(window)
        with self._timer():
            judgement = await self._judge(device, window, late)
        answer = _answer(name, window, judgement, now_us)
        if judgement.verdict is None and device.lacks_verdict(window):
            answer["state"] = NOT_JUDGED
        sampled_us = window.timestamp_us if late else now_us
        await self._keep(device, window, answer, now_us, sampled_us)
        device.remember(window.boot_id, window.seq, answer, late)
        if late:
            await self._alerts.follow_late(device, answer, sampled_us or now_us)
        else:
            device.quality.take(window)
            await self._alerts.follow(device, answer, now_us)
        self._devices.publish(device, now_us, late)
        return {**answer, "record": self._recordings.wants(name)}, judgement

    async def _judge(self, device: Device, window: Window, late: bool) -> Judgement:
        # While a board learns, another machine's model has no say in what is normal; and where samples are
        # missing, the gaps look like vibration.
        if (device.is_learning or window.flags & FLAG_LOST) and not window.flags & FLAG_LOCAL_SCORE:
            return Judgement(None, bool(window.flags & FLAG_ALERT))
        return await self._scoring.judge(device.id, window, device.status.get("detector"), late)

    async def _keep(
        self, device: Device, window: Window, answer: dict[str, Any], now_us: int, sampled_us: int
    ) -> None:
        is_learned_from = not (device.is_learning and window.flags & FLAG_LOST)  # gaps look like vibration
        recording = self._recordings.claim(device.id, sampled_us) if is_learned_from else None
        added = False
        try:
            added = await self._store.add(
                StoredWindow(
                    device.id,
                    window.boot_id,
                    window.seq,
                    now_us,
                    window.timestamp_us,
                    window.flags,
                    window.sensor,
                    window.sample_rate_hz,
                    window.scale_g,
                    window.counts.typecode,
                    _little_endian(window.counts),
                    judged_by=answer["judged_by"],
                    model_id=answer["model_id"],
                    score=answer["score"],
                    p_value=answer["p_value"],
                    anomaly=answer["anomaly"],
                    alert=answer["alert"],
                    recording=recording.id if recording else None,
                    pose=recording.pose if recording else None,
                    threshold=answer["threshold"],
                    combined_score=answer["combined_score"],
                    combined_threshold=answer["combined_threshold"],
                    state=answer["state"],
                    why=answer["why"],
                )
            )
        except sqlite3.Error as error:
            raise Busy(
                f"The window could not be stored: {error}.", hint="Is the disk full?", retry_after_s=5
            ) from error
        finally:
            if recording:
                await self._recordings.settle(recording, added)

    def next_reference(self, name: str) -> int:
        """Return the number of a reference board's next window; its protocol carries none."""
        self._reference_seq[name] = self._reference_seq.get(name, -1) + 1
        return self._reference_seq[name]


def _answer(name: str, window: Window, judgement: Judgement, now_us: int) -> dict[str, Any]:
    verdict = judgement.verdict
    return {
        "device_id": name,
        "boot_id": window.boot_id,
        "seq": window.seq,
        "judged_by": verdict.judged_by if verdict else None,
        "model_id": verdict.model_id if verdict else None,
        "score": verdict.score if verdict else None,
        "threshold": verdict.threshold if verdict else None,
        "combined_score": verdict.combined_score if verdict else None,
        "combined_threshold": verdict.combined_threshold if verdict else None,
        "p_value": verdict.p_value if verdict else None,
        "anomaly": bool(verdict.anomaly) if verdict else None,
        "alarming": bool(verdict.alarming) if verdict else None,
        "state": verdict.state if verdict else None,
        "why": judgement.why,
        "alert": judgement.alert,
        "server_time_us": now_us,
        "commands": [],
    }


def _stored_answer(row: dict[str, Any], now_us: int) -> dict[str, Any]:
    return {
        **row,
        "anomaly": None if row["anomaly"] is None else bool(row["anomaly"]),
        "alarming": STATES[row["state"]][2] if row["judged_by"] else None,
        "alert": bool(row["alert"]),
        "server_time_us": now_us,
        "commands": [],
    }


def _little_endian(counts: Any) -> bytes:
    if sys.byteorder == "big":
        counts = counts[:]
        counts.byteswap()
    return bytes(counts.tobytes())
