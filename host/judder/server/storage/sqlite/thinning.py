"""Windows dropped in small steps, the oldest first: each step is a few pages and a few milliseconds."""

import sqlite3

from judder.server.storage.levels import TOLD
from judder.server.storage.rows import Ages

MINUTE_US = 60_000_000
OLDEST = """
SELECT rowid, device, boot_id, seq, received_us, level FROM windows
WHERE recording IS NULL AND tier = 0 AND received_us < ? ORDER BY received_us, rowid LIMIT ?
"""
IS_KEPT = (
    "SELECT 1 FROM windows WHERE device = ? AND received_us BETWEEN ? AND ?"
    " AND tier = 1 AND recording IS NULL LIMIT 1"
)
BEGAN_ALERT = "SELECT 1 FROM alerts WHERE device = ? AND boot_id = ? AND seq = ? LIMIT 1"
AGES = """
SELECT (SELECT min(received_us) FROM windows WHERE recording IS NULL AND tier = 0) AS whole_us,
    (SELECT min(received_us) FROM windows WHERE recording IS NULL AND tier = 1) AS minutes_us
"""
MINUTES = "recording IS NULL AND tier = 1 AND received_us < ? ORDER BY received_us"
OF_BOARD = "device = ? AND received_us < ? AND recording IS NULL"
OF_RECORDING = "recording = ?"


class SqliteThinning:
    """tier: 0 for a window kept whole, 1 for one that stays for its minute or its alert."""

    _connection: sqlite3.Connection

    def ages(self) -> Ages:
        return Ages(*self._connection.execute(AGES).fetchone())

    def thin(self, before_us: int, most: int) -> int:
        minutes: set[tuple[str, int]] = set()
        stay: list[tuple[int]] = []
        go: list[tuple[int]] = []
        found = self._connection.execute(OLDEST, (before_us, most)).fetchall()
        for row in found:
            minute = row["device"], row["received_us"] // MINUTE_US
            stays = minute not in minutes and not self._is_kept(*minute)
            minutes.add(minute)
            (stay if stays or self._began_alert(row) else go).append((row["rowid"],))
        self._connection.executemany("UPDATE windows SET tier = 1 WHERE rowid = ?", stay)
        self._connection.executemany("DELETE FROM windows WHERE rowid = ?", go)
        self._count(len(go))
        return len(found)

    def _is_kept(self, device: str, minute: int) -> bool:
        begin_us = minute * MINUTE_US
        span = device, begin_us, begin_us + MINUTE_US - 1
        return self._connection.execute(IS_KEPT, span).fetchone() is not None

    def _began_alert(self, row: sqlite3.Row) -> bool:
        name = row["device"], row["boot_id"], row["seq"]
        return row["level"] in TOLD and self._connection.execute(BEGAN_ALERT, name).fetchone() is not None

    def drop_minutes(self, before_us: int, most: int) -> int:
        return self._drop(MINUTES, before_us, most)

    def drop_of(self, device: str, before_us: int, most: int) -> int:
        return self._drop(OF_BOARD, device, before_us, most)

    def drop_recorded(self, recording: int, most: int) -> int:
        return self._drop(OF_RECORDING, recording, most)

    def _drop(self, which: str, *values: str | int) -> int:
        """Drop the windows that which says. values: for its marks, and how many at most."""
        rows = f"SELECT rowid FROM windows WHERE {which} LIMIT ?"
        dropped = self._connection.execute(f"DELETE FROM windows WHERE rowid IN ({rows})", values).rowcount
        self._count(dropped)
        return dropped

    def _count(self, dropped: int) -> None:
        if dropped:
            self._connection.execute("UPDATE dropped SET windows = windows + ?", (dropped,))

    def dropped(self) -> int:
        found: int = self._connection.execute("SELECT windows FROM dropped").fetchone()[0]
        return found
