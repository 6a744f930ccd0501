"""The store and its unit."""

from collections.abc import Callable
from typing import Any, Generic, TypeVar

from judder.server.storage.access import KeyRow, SessionRow, TokenRow
from judder.server.storage.memory.access import MemoryAudit, MemoryNumbered
from judder.server.storage.memory.alerts import MemoryAlerts, MemoryIncidents
from judder.server.storage.memory.outbox import MemoryOutbox, MemoryTroubles
from judder.server.storage.memory.table import Journal, Table
from judder.server.storage.memory.windows import MemoryRecordings, MemoryWindows
from judder.server.storage.rows import Alert, DeviceRow, LearningRow, StoredWindow
from judder.server.storage.store import Store, Unit

T = TypeVar("T")
Row = TypeVar("Row", DeviceRow, LearningRow)


class MemoryRows(Generic[Row]):
    """Rows that are kept whole and read whole, by what names them."""

    def __init__(self, journal: Journal, key: Callable[[Row], str | int]) -> None:
        self._rows: Table[str | int, Row] = Table(journal)
        self._key: Callable[[Row], Any] = key

    def save(self, row: Row) -> None:
        self._rows.put(self._key(row), row)

    def find(self, key: str | int) -> Row | None:
        return self._rows.get(key)

    def all(self) -> list[Row]:
        return sorted(self._rows.all(), key=self._key)


class MemoryStore(Store):
    """A store in this process. What is written is there at once, and gone with it."""

    def __init__(self) -> None:
        self._journal = Journal()
        windows: Table[tuple[str, int, int], StoredWindow] = Table(self._journal)
        alerts: Table[int, Alert] = Table(self._journal)
        recordings = MemoryRecordings(self._journal, windows)
        devices: MemoryRows[DeviceRow] = MemoryRows(self._journal, lambda row: row.id)
        learnings: MemoryRows[LearningRow] = MemoryRows(self._journal, lambda row: row.recording)
        self._unit = Unit(
            MemoryWindows(windows, recordings),
            MemoryAlerts(alerts),
            MemoryIncidents(self._journal, alerts),
            MemoryOutbox(self._journal),
            devices,
            recordings,
            learnings,
            MemoryTroubles(self._journal),
            MemoryNumbered[KeyRow](self._journal),
            MemoryNumbered[TokenRow](self._journal),
            MemoryNumbered[SessionRow](self._journal),
            MemoryAudit(self._journal),
        )

    async def open(self) -> None:
        """There is nothing to open."""

    async def close(self) -> None:
        """What was written stays as long as this object."""

    def waiting(self) -> int:
        return 0

    async def probe(self) -> None:
        """Memory takes what it is given."""

    async def read(self, work: Callable[[Unit], T]) -> T:
        return work(self._unit)

    async def write(self, work: Callable[[Unit], T]) -> T:
        with self._journal.transaction():
            return work(self._unit)
