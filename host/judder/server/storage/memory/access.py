"""Keys, tokens, sessions and the audit list in memory."""

from dataclasses import replace
from typing import Generic

from judder.server.storage.access import AUDIT_KEPT, AuditRow, Row
from judder.server.storage.memory.table import Journal, Table


class MemoryNumbered(Generic[Row]):
    def __init__(self, journal: Journal) -> None:
        self._rows: Table[int, Row] = Table(journal)

    def add(self, row: Row) -> int:
        number = self._rows.new_number()
        self._rows.put(number, replace(row, id=number))
        return number

    def put(self, row: Row) -> None:
        if self._rows.get(row.id):
            self._rows.put(row.id, row)

    def drop(self, number: int) -> None:
        self._rows.drop(lambda row: row.id == number)

    def all(self) -> list[Row]:
        return self._rows.all()


class MemoryAudit:
    def __init__(self, journal: Journal) -> None:
        self._notes: Table[int, AuditRow] = Table(journal)

    def note(self, row: AuditRow) -> None:
        number = self._notes.new_number()
        self._notes.put(number, replace(row, id=number))
        if number > AUDIT_KEPT:
            self._notes.drop(lambda note: note.id <= number - AUDIT_KEPT)

    def newest(self, limit: int) -> list[AuditRow]:
        return self._notes.all()[::-1][:limit]
