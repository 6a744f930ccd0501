"""Messages on their way, and problems that people were told of, in SQLite."""

import sqlite3
from collections.abc import Collection, Sequence

from judder.server.storage.rows import Letter, Trouble
from judder.server.storage.sqlite.columns import Columns

LETTER, TROUBLE = Columns(Letter), Columns(Trouble)
WAITS = "delivered_us IS NULL AND given_up_us IS NULL"
NEXT = f"""
SELECT {LETTER.names} FROM outbox AS letter
WHERE channel = :channel AND {WAITS} AND (:at_us IS NULL OR due_us <= :at_us)
    AND id NOT IN (%(without)s) AND (about = '' OR NOT EXISTS (
        SELECT 1 FROM outbox AS before
        WHERE before.channel = letter.channel AND before.about = letter.about AND before.id < letter.id
            AND before.delivered_us IS NULL AND before.given_up_us IS NULL
            AND before.id NOT IN (%(without)s)))
ORDER BY due_us, id LIMIT 1
"""


class SqliteOutbox:
    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def post(
        self,
        key: str,
        channels: Sequence[str],
        message: str,
        at_us: int,
        about: str = "",
        ends: bool = False,
    ) -> None:
        self._connection.executemany(
            "INSERT INTO outbox (key, channel, message, created_us, due_us, about, ends)"
            " VALUES (?, ?, ?, ?, ?, ?, ?)",
            [(key, channel, message, at_us, at_us, about, ends) for channel in channels],
        )

    def next(self, channel: str, at_us: int | None = None, without: Collection[int] = ()) -> Letter | None:
        numbers = ", ".join(str(int(number)) for number in without)
        found = self._connection.execute(
            NEXT % {"without": numbers}, {"channel": channel, "at_us": at_us}
        ).fetchone()
        return LETTER.row(found) if found else None

    def hurry(self, channel: str, at_us: int) -> None:
        self._connection.execute(
            f"UPDATE outbox SET due_us = ? WHERE channel = ? AND {WAITS} AND due_us > ?",
            (at_us, channel, at_us),
        )

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

    def is_overtaken(self, number: int) -> bool:
        newer = self._connection.execute(
            "SELECT 1 FROM outbox AS letter JOIN outbox AS newer USING (channel, about)"
            " WHERE letter.id = ? AND newer.id > letter.id AND about != ''"
            " AND newer.delivered_us IS NOT NULL",
            (number,),
        )
        return newer.fetchone() is not None

    def set_aside(self) -> list[Letter]:
        found = self._connection.execute(
            f"SELECT {LETTER.names} FROM outbox WHERE given_up_us IS NOT NULL ORDER BY id"
        )
        return [LETTER.row(row) for row in found]

    def again(self, number: int, at_us: int) -> None:
        self._connection.execute(
            "UPDATE outbox SET given_up_us = NULL, error = NULL, attempts = 0, due_us = ?"
            " WHERE id = ? AND given_up_us IS NOT NULL",
            (at_us, number),
        )

    def drop(self, number: int) -> None:
        self._connection.execute("DELETE FROM outbox WHERE id = ?", (number,))

    def reached(self, channels: Sequence[str], about: str) -> list[str]:
        found = self._connection.execute(f"SELECT channel FROM outbox WHERE about = ? AND {WAITS}", (about,))
        waiting = {row["channel"] for row in found}
        return [channel for channel in channels if channel not in waiting]

    def waiting(self) -> dict[str, int]:
        found = self._connection.execute(
            f"SELECT channel, count(*) AS n FROM outbox WHERE {WAITS} GROUP BY channel"
        )
        return {row["channel"]: row["n"] for row in found}

    def prune(self, before_us: int) -> None:
        self._connection.execute("DELETE FROM outbox WHERE created_us < ?", (before_us,))


class SqliteTroubles:
    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def save(self, trouble: Trouble) -> None:
        self._connection.execute(
            f"INSERT OR REPLACE INTO troubles ({TROUBLE.names}) VALUES ({TROUBLE.marks})",
            TROUBLE.values(trouble),
        )

    def drop(self, kind: str, about: str) -> None:
        self._connection.execute("DELETE FROM troubles WHERE kind = ? AND about = ?", (kind, about))

    def all(self) -> list[Trouble]:
        found = self._connection.execute(f"SELECT {TROUBLE.names} FROM troubles ORDER BY since_us")
        return [TROUBLE.row(row) for row in found]
