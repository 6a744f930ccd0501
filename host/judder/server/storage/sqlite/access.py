"""Keys, tokens, sessions and the audit list in SQLite."""

import sqlite3
from typing import Generic

from judder.server.storage.access import AUDIT_KEPT, AuditRow, KeyRow, Row, SessionRow, TokenRow
from judder.server.storage.rows import as_dict
from judder.server.storage.sqlite.columns import Columns

KINDS = {KeyRow: "keys", TokenRow: "tokens", SessionRow: "sessions"}
NOTE = Columns(AuditRow)
ACCESS = """
CREATE TABLE keys (
    id INTEGER PRIMARY KEY AUTOINCREMENT, device TEXT NOT NULL, secret TEXT NOT NULL,
    made_us INTEGER NOT NULL, ends_us INTEGER, revoked INTEGER NOT NULL
) STRICT;
CREATE TABLE tokens (
    id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL, role TEXT NOT NULL, digest TEXT NOT NULL,
    made_us INTEGER NOT NULL
) STRICT;
CREATE TABLE sessions (
    id INTEGER PRIMARY KEY AUTOINCREMENT, digest TEXT NOT NULL, token TEXT NOT NULL, made_us INTEGER NOT NULL
) STRICT;
CREATE TABLE audit (
    id INTEGER PRIMARY KEY AUTOINCREMENT, at_us INTEGER NOT NULL, who TEXT NOT NULL, what TEXT NOT NULL,
    about TEXT NOT NULL
) STRICT;
"""


class SqliteNumbered(Generic[Row]):
    def __init__(self, connection: sqlite3.Connection, kind: type[Row]) -> None:
        self._connection = connection
        self._table = KINDS[kind]
        self._columns: Columns[Row] = Columns(kind)

    def add(self, row: Row) -> int:
        _, *values = self._columns.values(row)
        added = self._connection.execute(
            f"INSERT INTO {self._table} ({self._columns.names}) VALUES ({self._columns.marks})",
            (None, *values),
        )
        return added.lastrowid or 0

    def put(self, row: Row) -> None:
        self._connection.execute(
            f"UPDATE {self._table} SET {self._columns.settings} WHERE id = :id", as_dict(row)
        )

    def drop(self, number: int) -> None:
        self._connection.execute(f"DELETE FROM {self._table} WHERE id = ?", (number,))

    def all(self) -> list[Row]:
        found = self._connection.execute(f"SELECT {self._columns.names} FROM {self._table} ORDER BY id")
        return [self._columns.row(row) for row in found]


class SqliteAudit:
    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def note(self, row: AuditRow) -> None:
        _, *values = NOTE.values(row)
        added = self._connection.execute(
            f"INSERT INTO audit ({NOTE.names}) VALUES ({NOTE.marks})", (None, *values)
        )
        self._connection.execute("DELETE FROM audit WHERE id <= ?", ((added.lastrowid or 0) - AUDIT_KEPT,))

    def newest(self, limit: int) -> list[AuditRow]:
        found = self._connection.execute(f"SELECT {NOTE.names} FROM audit ORDER BY id DESC LIMIT ?", (limit,))
        return [NOTE.row(row) for row in found]
