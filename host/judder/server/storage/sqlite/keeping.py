"""Sums of hours and days, gaps of the clock and boards that are to be forgotten, in SQLite."""

import sqlite3

from judder.server.storage.rows import Forgotten, Gap, Lived, Sum
from judder.server.storage.sqlite.columns import Columns

SUM, GAP, FORGOTTEN, LIVED = Columns(Sum), Columns(Gap), Columns(Forgotten), Columns(Lived)


class SqliteSums:
    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def keep(self, one: Sum) -> None:
        self._connection.execute(
            f"INSERT OR REPLACE INTO sums ({SUM.names}) VALUES ({SUM.marks})", SUM.values(one)
        )

    def newest_us(self, device: str, step_us: int) -> int | None:
        found: int | None = self._connection.execute(
            "SELECT max(begin_us) FROM sums WHERE device = ? AND step_us = ?", (device, step_us)
        ).fetchone()[0]
        return found

    def between(self, device: str, step_us: int, begin_us: int, end_us: int) -> list[Sum]:
        found = self._connection.execute(
            f"SELECT {SUM.names} FROM sums"
            " WHERE device = ? AND step_us = ? AND begin_us >= ? AND begin_us < ? ORDER BY begin_us",
            (device, step_us, begin_us, end_us),
        )
        return [SUM.row(row) for row in found]

    def prune(self, step_us: int, before_us: int, most: int) -> int:
        return self._connection.execute(
            "DELETE FROM sums WHERE rowid IN"
            " (SELECT rowid FROM sums WHERE step_us = ? AND begin_us < ? ORDER BY begin_us LIMIT ?)",
            (step_us, before_us, most),
        ).rowcount

    def drop_of(self, device: str) -> None:
        self._connection.execute("DELETE FROM sums WHERE device = ?", (device,))


class SqliteUpkeep:
    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def note_gap(self, gap: Gap) -> None:
        self._connection.execute(f"INSERT INTO gaps ({GAP.names}) VALUES ({GAP.marks})", GAP.values(gap))

    def gaps(self) -> list[Gap]:
        found = self._connection.execute(f"SELECT {GAP.names} FROM gaps ORDER BY end_us DESC")
        return [GAP.row(row) for row in found]

    def note_lived(self, lived: Lived, since_us: int) -> None:
        self._connection.execute(
            f"INSERT INTO lived ({LIVED.names}) VALUES ({LIVED.marks})", LIVED.values(lived)
        )
        self._connection.execute("DELETE FROM lived WHERE lived_us < ?", (since_us,))

    def lived(self) -> list[Lived]:
        found = self._connection.execute(f"SELECT {LIVED.names} FROM lived ORDER BY rowid DESC")
        return [LIVED.row(row) for row in found]

    def forget(self, board: Forgotten) -> None:
        self._connection.execute(
            f"INSERT OR REPLACE INTO forgotten ({FORGOTTEN.names}) VALUES ({FORGOTTEN.marks})",
            FORGOTTEN.values(board),
        )

    def forgotten(self) -> list[Forgotten]:
        found = self._connection.execute(f"SELECT {FORGOTTEN.names} FROM forgotten ORDER BY device")
        return [FORGOTTEN.row(row) for row in found]

    def forgot(self, device: str) -> None:
        self._connection.execute("DELETE FROM forgotten WHERE device = ?", (device,))
