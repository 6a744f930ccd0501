"""Rows that are kept whole and read whole."""

from collections.abc import Callable
from typing import Any, Generic, TypeVar

from judder.server.storage.memory.table import Journal, Table
from judder.server.storage.rows import DeviceRow, LearningRow

Row = TypeVar("Row", DeviceRow, LearningRow)


class MemoryRows(Generic[Row]):
    """Rows by what names them."""

    def __init__(self, journal: Journal, key: Callable[[Row], str | int]) -> None:
        self._rows: Table[str | int, Row] = Table(journal)
        self._key: Callable[[Row], Any] = key

    def save(self, row: Row) -> None:
        self._rows.put(self._key(row), row)

    def drop(self, key: str | int) -> None:
        self._rows.drop(lambda row: self._key(row) == key)

    def find(self, key: str | int) -> Row | None:
        return self._rows.get(key)

    def all(self) -> list[Row]:
        return sorted(self._rows.all(), key=self._key)


class MemoryLearnings(MemoryRows[LearningRow]):
    """What boards learned, by its recording."""

    def __init__(self, journal: Journal) -> None:
        super().__init__(journal, lambda row: row.recording)

    def drop_of(self, device: str) -> None:
        self._rows.drop(lambda row: row.device == device)
