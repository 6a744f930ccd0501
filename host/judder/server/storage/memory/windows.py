"""Windows and recordings in memory."""

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from judder.server.storage.levels import ALARM, highest
from judder.server.storage.memory.rows import MemoryLearnings
from judder.server.storage.memory.table import Journal, Table
from judder.server.storage.memory.thinning import MemoryThinning
from judder.server.storage.rows import (
    TRASHED,
    Alert,
    Answer,
    RecordingRow,
    Scored,
    ScoreStep,
    StoredWindow,
    WindowHead,
    as_dict,
    part,
)


class MemoryRecordings:
    def __init__(
        self,
        journal: Journal,
        windows: "Table[tuple[str, int, int], StoredWindow]",
        learnings: MemoryLearnings,
    ) -> None:
        self._recordings: Table[int, RecordingRow] = Table(journal)
        self._windows = windows
        self._learnings = learnings

    def start(self, recording: RecordingRow) -> int:
        number = self._recordings.new_number()
        self._recordings.put(number, replace(recording, id=number))
        return number

    def change(self, number: int, **changes: str | int | None) -> None:
        recording = self._recordings.get(number)
        if recording:
            self._recordings.put(number, replace(recording, **changes))  # type: ignore[arg-type]

    def end_full(self, number: int, state: str) -> None:
        for recording, held in self.all():
            if recording.id == number and recording.wanted is not None and recording.wanted <= held:
                self.change(number, state=state)

    def all(self) -> list[tuple[RecordingRow, int]]:
        held = Counter(window.recording for window in self._windows.all())
        return [(recording, held[recording.id]) for recording in self._recordings.all()]

    def drop(self, number: int) -> None:
        self._learnings.drop(number)
        self._recordings.drop(lambda recording: recording.id == number)


class MemoryWindows(MemoryThinning):
    def __init__(
        self,
        journal: Journal,
        windows: "Table[tuple[str, int, int], StoredWindow]",
        recordings: MemoryRecordings,
        alerts: Table[int, Alert],
    ) -> None:
        super().__init__(journal, windows, alerts)
        self._recordings = recordings

    def add(self, window: StoredWindow) -> bool:
        name = window.device, window.boot_id, window.seq
        if self._windows.get(name):
            return False
        self._windows.put(name, window)
        return True

    def answer(self, device: str, boot_id: int, seq: int) -> Answer | None:
        found = self.find(device, boot_id, seq)
        return part(Answer, found) if found else None

    def find(self, device: str, boot_id: int, seq: int) -> StoredWindow | None:
        return self._windows.get((device, boot_id, seq))

    def newest(self, limit: int, device: str | None = None) -> list[WindowHead]:
        found = self._windows.where(lambda window: device in (None, window.device))
        return [part(WindowHead, window) for window in found[::-1][:limit]]

    def scores(self, device: str, since_us: int, step_us: int) -> list[ScoreStep]:
        buckets: dict[int, list[StoredWindow]] = {}
        for window in self._windows.where(lambda w: w.device == device and w.received_us >= since_us):
            buckets.setdefault((window.received_us - since_us) // step_us, []).append(window)
        return [_step(bucket, buckets[bucket]) for bucket in sorted(buckets)]

    def recorded(self) -> list[tuple[str, StoredWindow]]:
        listed = [recording for recording, _ in self._recordings.all() if recording.state != TRASHED]
        conditions = {recording.id: recording.condition for recording in listed}
        found = self._windows.where(lambda window: window.recording in conditions)
        found.sort(key=lambda w: (w.recording, w.device, w.pose or "", w.received_us, w.boot_id, w.seq))
        return [(conditions[w.recording or 0], replace(w, **as_dict(Answer()))) for w in found]

    def numbers(self, device: str, boot_id: int, first: int, last: int) -> list[int]:
        of_start = self._windows.where(lambda w: (w.device, w.boot_id) == (device, boot_id))
        return sorted(window.seq for window in of_start if first <= window.seq <= last)

    def newest_us(self) -> int | None:
        return next((window.received_us for window in reversed(self._windows.all())), None)

    def oldest_of_us(self, device: str) -> int | None:
        of_board = self._windows.where(lambda window: window.device == device)
        return min((window.received_us for window in of_board), default=None)

    def scored(self, device: str, begin_us: int, end_us: int) -> list[Scored]:
        of_board = self._windows.where(lambda w: w.device == device and begin_us <= w.received_us < end_us)
        return [part(Scored, window) for window in of_board]


def _step(bucket: int, windows: list[StoredWindow]) -> ScoreStep:
    level = highest(window.level for window in windows)
    return ScoreStep(
        bucket,
        max(window.received_us for window in windows),
        _known(max, windows, "combined_score"),
        _known(max, windows, "combined_threshold"),
        _known(max, windows, "alarm_score"),
        _known(max, windows, "alarm_threshold"),
        _known(min, windows, "p_value"),
        level,
        level == ALARM,
        len(windows),
    )


def _known(choose: Callable[..., Any], windows: list[StoredWindow], name: str) -> float | None:
    """Return what choose takes of the field called name, None where no window has it."""
    values = [getattr(window, name) for window in windows]
    found: float | None = choose((value for value in values if value is not None), default=None)
    return found
