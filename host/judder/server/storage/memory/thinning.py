"""Windows dropped in small steps, the oldest first, in memory."""

from judder.server.storage.levels import TOLD
from judder.server.storage.memory.table import Journal, Table
from judder.server.storage.rows import Ages, Alert, StoredWindow

MINUTE_US = 60_000_000
Name = tuple[str, int, int]


class MemoryThinning:
    """_minutes: the names of windows that stay for their minute or their alert."""

    def __init__(
        self, journal: Journal, windows: Table[Name, StoredWindow], alerts: Table[int, Alert]
    ) -> None:
        self._windows = windows
        self._alerts = alerts
        self._minutes: Table[Name, StoredWindow] = Table(journal)
        self._dropped: Table[None, int] = Table(journal)

    def ages(self) -> Ages:
        whole = (window.received_us for window in self._whole())
        minutes = (window.received_us for window in self._minutes.all())
        return Ages(min(whole, default=None), min(minutes, default=None))

    def thin(self, before_us: int, most: int) -> int:
        old = sorted(
            (window for window in self._whole() if window.received_us < before_us),
            key=lambda window: window.received_us,
        )[:most]
        for window in old:
            if self._is_first(window) or self._began_alert(window):
                self._minutes.put(_name(window), window)
        self._drop([window for window in old if self._minutes.get(_name(window)) is None])
        return len(old)

    def _is_first(self, window: StoredWindow) -> bool:
        minute = window.device, window.received_us // MINUTE_US
        return not self._minutes.where(lambda kept: (kept.device, kept.received_us // MINUTE_US) == minute)

    def _began_alert(self, window: StoredWindow) -> bool:
        name = _name(window)
        return window.level in TOLD and bool(
            self._alerts.where(lambda alert: (alert.device, alert.boot_id, alert.seq) == name)
        )

    def _whole(self) -> list[StoredWindow]:
        return self._windows.where(lambda w: w.recording is None and self._minutes.get(_name(w)) is None)

    def drop_minutes(self, before_us: int, most: int) -> int:
        old = self._minutes.where(lambda window: window.received_us < before_us)
        return self._drop(sorted(old, key=lambda window: window.received_us)[:most])

    def drop_of(self, device: str, before_us: int, most: int) -> int:
        return self._drop(
            self._windows.where(
                lambda w: w.device == device and w.recording is None and w.received_us < before_us
            )[:most]
        )

    def drop_recorded(self, recording: int, most: int) -> int:
        return self._drop(self._windows.where(lambda window: window.recording == recording)[:most])

    def _drop(self, unwanted: list[StoredWindow]) -> int:
        gone = {_name(window) for window in unwanted}
        self._minutes.drop(lambda window: _name(window) in gone)
        dropped = self._windows.drop(lambda window: _name(window) in gone)
        self._dropped.put(None, self.dropped() + dropped)
        return dropped

    def dropped(self) -> int:
        return self._dropped.get(None) or 0


def _name(window: StoredWindow) -> Name:
    return window.device, window.boot_id, window.seq
