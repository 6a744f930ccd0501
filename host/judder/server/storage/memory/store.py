"""The store and its unit."""

import sys
from collections.abc import Callable, Sequence
from typing import TypeVar

from judder.server.storage.access import KeyRow, SessionRow, TokenRow
from judder.server.storage.memory.access import MemoryAudit, MemoryNumbered
from judder.server.storage.memory.alerts import MemoryAlerts, MemoryIncidents, Told
from judder.server.storage.memory.keeping import MemorySums, MemoryUpkeep
from judder.server.storage.memory.outbox import MemoryOutbox, MemoryTroubles
from judder.server.storage.memory.rows import MemoryLearnings, MemoryRows
from judder.server.storage.memory.table import Journal, Table
from judder.server.storage.memory.windows import MemoryRecordings, MemoryWindows
from judder.server.storage.rows import Alert, DeviceRow, Space, StoredWindow
from judder.server.storage.store import Store, Unit

T = TypeVar("T")


class MemoryStore(Store):
    """A store in this process. What is written is there at once, and gone with it."""

    def __init__(self) -> None:
        self._journal = Journal()
        windows: Table[tuple[str, int, int], StoredWindow] = Table(self._journal)
        alerts: Table[int, Alert] = Table(self._journal)
        told: Table[int, Told] = Table(self._journal)
        devices: MemoryRows[DeviceRow] = MemoryRows(self._journal, lambda row: row.id)
        learnings = MemoryLearnings(self._journal)
        recordings = MemoryRecordings(self._journal, windows, learnings)
        self._windows = windows
        self._unit = Unit(
            MemoryWindows(self._journal, windows, recordings, alerts),
            MemoryAlerts(alerts, told),
            MemoryIncidents(told, alerts),
            MemoryOutbox(self._journal),
            devices,
            recordings,
            learnings,
            MemorySums(self._journal),
            MemoryUpkeep(self._journal),
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

    def troubles(self) -> list[str]:
        return []

    async def space(self) -> Space:
        used = sum(len(window.counts) for window in self._windows.all())
        return Space(used, used, sys.maxsize, 0)

    async def tidy(self, spare: int) -> bool:
        """What is dropped is given back at once."""
        return False

    async def make_room(self) -> None:
        """Nothing is held in reserve."""

    async def probe(self) -> None:
        """Memory takes what it is given."""

    async def read(self, work: Callable[[Unit], T]) -> T:
        return work(self._unit)

    async def write_each(self, works: Sequence[Callable[[Unit], T]]) -> list[T | Exception]:
        results: list[T | Exception] = []
        for work in works:
            try:
                results.append(await self.write(work))
            except Exception as error:
                results.append(error)
        return results

    async def write(self, work: Callable[[Unit], T]) -> T:
        with self._journal.transaction():
            return work(self._unit)
