"""Boards, what is recorded of them and what they learn, in SQLite."""

import sqlite3

from judder.server.storage.rows import DeviceRow, LearningRow, RecordingRow
from judder.server.storage.sqlite.columns import Columns

DEVICE, RECORDING, LEARNING = Columns(DeviceRow), Columns(RecordingRow), Columns(LearningRow)


class SqliteDevices:
    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def save(self, device: DeviceRow) -> None:
        self._connection.execute(
            f"INSERT OR REPLACE INTO devices ({DEVICE.names}) VALUES ({DEVICE.marks})", DEVICE.values(device)
        )

    def drop(self, device: str) -> None:
        self._connection.execute("DELETE FROM devices WHERE id = ?", (device,))

    def find(self, device: str) -> DeviceRow | None:
        found = self._connection.execute(
            f"SELECT {DEVICE.names} FROM devices WHERE id = ?", (device,)
        ).fetchone()
        return DEVICE.row(found) if found else None

    def all(self) -> list[DeviceRow]:
        found = self._connection.execute(f"SELECT {DEVICE.names} FROM devices ORDER BY id")
        return [DEVICE.row(row) for row in found]


class SqliteRecordings:
    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def start(self, recording: RecordingRow) -> int:
        _, *values = RECORDING.values(recording)
        added = self._connection.execute(
            f"INSERT INTO recordings ({RECORDING.names}) VALUES ({RECORDING.marks})", (None, *values)
        )
        return added.lastrowid or 0

    def change(self, number: int, **changes: str | int | None) -> None:
        for name, value in changes.items():
            self._connection.execute(f"UPDATE recordings SET {name} = ? WHERE id = ?", (value, number))

    def end_full(self, number: int, state: str) -> None:
        self._connection.execute(
            "UPDATE recordings SET state = ? WHERE id = ?"
            " AND wanted <= (SELECT count(*) FROM windows WHERE recording = recordings.id)",
            (state, number),
        )

    def all(self) -> list[tuple[RecordingRow, int]]:
        found = self._connection.execute(
            f"SELECT {RECORDING.names},"
            " (SELECT count(*) FROM windows WHERE recording = recordings.id) AS held"
            " FROM recordings ORDER BY id"
        )
        return [(RECORDING.row(row), row["held"]) for row in found]

    def drop(self, number: int) -> None:
        self._connection.execute("DELETE FROM learnings WHERE recording = ?", (number,))
        self._connection.execute("DELETE FROM recordings WHERE id = ?", (number,))


class SqliteLearnings:
    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def save(self, learning: LearningRow) -> None:
        self._connection.execute(
            f"INSERT OR REPLACE INTO learnings ({LEARNING.names}) VALUES ({LEARNING.marks})",
            LEARNING.values(learning),
        )

    def drop_of(self, device: str) -> None:
        self._connection.execute("DELETE FROM learnings WHERE device = ?", (device,))

    def all(self) -> list[LearningRow]:
        found = self._connection.execute(f"SELECT {LEARNING.names} FROM learnings ORDER BY recording")
        return [LEARNING.row(row) for row in found]
