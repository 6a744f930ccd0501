"""Windows come in: decoded, judged, stored, and only then answered. Two protocols, one path."""

import sys
from collections import defaultdict
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from typing import Any

from judder_core.states import NOT_JUDGED
from judder_core.window import FLAG_LOCAL_SCORE, FLAG_LOST, FLAG_OPINION_WANTED, Window

from judder.server.services.alerts import Alerts, Change
from judder.server.services.answers import Answered, at_level, level_of
from judder.server.services.device import Device
from judder.server.services.devices import Devices
from judder.server.services.errors import Busy, Conflict
from judder.server.services.recordings import DONE, Recordings, ServerRecording
from judder.server.services.scoring import Scoring
from judder.server.storage.rows import Answer, StoredWindow, as_dict
from judder.server.storage.store import Store, StoreError, Unit

Timer = Callable[[], AbstractContextManager[Any]]
"""What a window is judged inside of, to be timed."""


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
        boot_id: int,
    ) -> None:
        self._store = store
        self._recordings = recordings
        self._devices = devices
        self._alerts = alerts
        self._scoring = scoring
        self._timer = timer
        self._max_waiting = max_waiting
        self._unnumbered_boot_id = boot_id  # a new one each start of the server
        self._next_seq: defaultdict[str, int] = defaultdict(int)

    async def take_all(self, windows: Sequence[Window], clock_us: Callable[[], int]) -> dict[str, Any]:
        """Take the windows of one request, which name their boards; return what is told of the last.

        Raises Conflict where that asked for the host's verdict and the host's model does not fit it.
        """
        for window in windows:
            told, misfit = await self.take(window.device_id.hex(), window, clock_us())
        if misfit and windows[-1].flags & FLAG_OPINION_WANTED:
            raise Conflict(
                f"The {misfit}. The window is stored, not judged.",
                hint="Train a model for this board, or set its signal section to the model's.",
            )
        return {**told, "server_time_us": clock_us()}

    async def take_unnumbered(self, name: str, window: Window, now_us: int) -> dict[str, Any]:
        """Take the next window of a board whose protocol carries no numbers, as the reference's."""
        window.boot_id, window.seq = self._unnumbered_boot_id, self._next_seq[name]
        self._next_seq[name] += 1
        told, _ = await self.take(name, window, now_us)
        return told

    async def take(self, name: str, window: Window, now_us: int) -> tuple[dict[str, Any], str | None]:
        """Judge and store the next window of the board called name.

        Return what it is told, and why the host's model does not fit a window that was to be judged by it.
        A window that comes twice is stored once and answered as it was the first time.
        """
        device = self._devices.admit(name)
        self._devices.quotas.take(name, window.counts.itemsize * len(window.counts), now_us)
        device.hear(now_us)
        async with device.taking:
            answered, misfit = await self._known(device, window, now_us), None
            if not answered:
                answered, misfit = await self._take_new(device, window, now_us)
        return {**answered.to_dict(), "record": self._recordings.wants(name)}, misfit

    async def _known(self, device: Device, window: Window, now_us: int) -> Answered | None:
        """Return the answer to a window that came before, or None: boards come again after a reset, too."""
        known = device.answers.get((window.boot_id, window.seq))
        if known or device.is_next(window):
            return known
        name = device.id, window.boot_id, window.seq
        answer = await self._store.read(lambda unit: unit.windows.answer(*name))
        return Answered(*name, answer, now_us) if answer else None

    async def _take_new(self, device: Device, window: Window, now_us: int) -> tuple[Answered, str | None]:
        if self._store.waiting() >= self._max_waiting:
            raise Busy("The disk does not keep up.", hint="Send it again later.", retry_after_s=1)
        late = device.is_late(window)
        with self._timer():
            answer, misfit = await self._judge(device, window, late)
        if answer.judged_by is None and device.lacks_verdict(window):
            answer = replace(answer, state=NOT_JUDGED)
        answered = Answered(device.id, window.boot_id, window.seq, answer, now_us)
        change = await self._keep(device, window, answered, late)
        device.remember(answered, late)
        if late:
            device.late_alert_id = change.number
        else:
            device.alert_id = change.number
            device.quality.take(window)
        self._alerts.tell(device, change)
        self._devices.publish(device, now_us, late)
        return answered, misfit

    async def _judge(self, device: Device, window: Window, late: bool) -> tuple[Answer, str | None]:
        # While a board learns, another machine's model has no say in what is normal; and where samples are
        # missing, the gaps look like vibration.
        if (device.is_learning or window.flags & FLAG_LOST) and not window.flags & FLAG_LOCAL_SCORE:
            return at_level(level_of(window)), None
        return await self._scoring.judge(device.id, window, device.status.get("detector"), late)

    async def _keep(self, device: Device, window: Window, answered: Answered, late: bool) -> Change:
        """Store window, with what it does to its board's alert and its recording: all of it, or Busy."""
        sampled_us = window.timestamp_us if late else answered.at_us
        is_learned_from = not (device.is_learning and window.flags & FLAG_LOST)  # gaps look like vibration
        recording = self._recordings.claim(device.id, sampled_us) if is_learned_from else None
        stored = _stored(window, answered, recording)
        is_last = recording is not None and recording.is_claimed_whole()

        def keep(unit: Unit) -> tuple[bool, Change]:
            added = unit.windows.add(stored)
            if recording and is_last:
                unit.recordings.end_full(recording.id, DONE)
            if late:
                return added, self._alerts.follow_late(unit, device, answered, sampled_us or answered.at_us)
            return added, self._alerts.follow(unit, device, answered)

        added = False
        try:
            added, change = await self._store.write(keep)
        except StoreError as error:
            raise Busy(
                f"The window could not be stored. {error}", hint=error.hint, retry_after_s=5
            ) from error
        finally:
            if recording:
                self._recordings.settle(recording, added)
        return change


def _stored(window: Window, answered: Answered, recording: ServerRecording | None) -> StoredWindow:
    return StoredWindow(
        **as_dict(answered.answer),
        device=answered.device,
        boot_id=window.boot_id,
        seq=window.seq,
        received_us=answered.at_us,
        timestamp_us=window.timestamp_us,
        flags=window.flags,
        sensor=window.sensor,
        sample_rate_hz=window.sample_rate_hz,
        scale_g=window.scale_g,
        recording=recording.id if recording else None,
        pose=recording.pose if recording else None,
        typecode=window.counts.typecode,
        counts=_little_endian(window.counts),
    )


def _little_endian(counts: Any) -> bytes:
    if sys.byteorder == "big":
        counts = counts[:]
        counts.byteswap()
    return bytes(counts.tobytes())
