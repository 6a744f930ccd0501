"""Messages on their way, in SQLite."""

import sqlite3
from collections.abc import Sequence

from judder.server.storage.rows import Letter
from judder.server.storage.sqlite.columns import Columns

LETTER = Columns(Letter)
UNDELIVERED = "delivered_us IS NULL AND given_up_us IS NULL"


class SqliteOutbox:
    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def post(self, key: str, channels: Sequence[str], message: str, at_us: int) -> None:
        self._connection.executemany(
            "INSERT INTO outbox (key, channel, message, created_us, due_us) VALUES (?, ?, ?, ?, ?)",
            [(key, channel, message, at_us, at_us) for channel in channels],
        )

    def next(self, channel: str) -> Letter | None:
        found = self._connection.execute(
            f"SELECT {LETTER.names} FROM outbox WHERE channel = ? AND {UNDELIVERED} ORDER BY id LIMIT 1",
            (channel,),
        ).fetchone()
        return LETTER.row(found) if found else None

    def delivered(self, number: int, at_us: int) -> None:
        self._connection.execute(
            "UPDATE outbox SET delivered_us = ?, attempts = attempts + 1, error = NULL WHERE id = ?",
            (at_us, number),
        )

    def failed(self, number: int, error: str, due_us: int, given_up_us: int | None) -> None:
        self._connection.execute(
            "UPDATE outbox SET attempts = attempts + 1, error = ?, due_us = ?, given_up_us = ? WHERE id = ?",
            (error, due_us, given_up_us, number),
        )

    def waiting(self) -> dict[str, int]:
        found = self._connection.execute(
            f"SELECT channel, count(*) AS n FROM outbox WHERE {UNDELIVERED} GROUP BY channel"
        )
        return {row["channel"]: row["n"] for row in found}

    def prune(self, before_us: int) -> None:
        self._connection.execute("DELETE FROM outbox WHERE created_us < ?", (before_us,))
