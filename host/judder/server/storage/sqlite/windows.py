"""Windows in SQLite."""

import sqlite3

from judder.server.storage.rows import (
    TRASHED,
    Answer,
    Scored,
    ScoreStep,
    StoredWindow,
    WindowHead,
    names,
)
from judder.server.storage.sqlite.columns import Columns
from judder.server.storage.sqlite.thinning import SqliteThinning

ANSWER, HEAD, WINDOW, STEP = Columns(Answer), Columns(WindowHead), Columns(StoredWindow), Columns(ScoreStep)
SCORED = Columns(Scored)
UNJUDGED = Columns(StoredWindow, leave_out=names(Answer))
"""What every version of the file has: a folder of an older Judder is read as it is."""
INSERT = f"INSERT OR IGNORE INTO windows ({WINDOW.names}) VALUES ({WINDOW.marks})"
NAMED = "FROM windows WHERE device = ? AND boot_id = ? AND seq = ?"
NEWEST = f"SELECT {HEAD.names} FROM windows ORDER BY rowid DESC LIMIT ?"
NEWEST_OF = f"""
SELECT {HEAD.names} FROM windows WHERE rowid IN
    (SELECT rowid FROM windows WHERE device = ? ORDER BY received_us DESC, rowid DESC LIMIT ?)
ORDER BY rowid DESC
"""
"""By the index of the board: else one that nobody knows scans all windows."""
SCORES = """
SELECT (received_us - :since_us) / :step_us AS bucket, max(received_us) AS at_us,
    max(combined_score) AS score, max(combined_threshold) AS threshold,
    max(alarm_score) AS alarm_score, max(alarm_threshold) AS alarm_threshold, min(p_value) AS p_value,
    CASE WHEN max(level = 'alarm') THEN 'alarm' WHEN max(level = 'notice') THEN 'notice'
        WHEN max(level = 'normal') THEN 'normal' END AS level,
    max(level = 'alarm') IS 1 AS alert, count(*) AS windows
FROM windows WHERE device = :device AND received_us >= :since_us GROUP BY bucket ORDER BY bucket
"""
"""The highest score of each step survives: a fault of one second shows in a week's plot."""
RECORDED = f"""
SELECT condition, {", ".join(f"windows.{column.name}" for column in UNJUDGED.all)}
FROM windows JOIN recordings ON recording = recordings.id WHERE recordings.state != '{TRASHED}'
ORDER BY recording, windows.device, windows.pose, received_us, boot_id, seq
"""


class SqliteWindows(SqliteThinning):
    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def add(self, window: StoredWindow) -> bool:
        return self._connection.execute(INSERT, WINDOW.values(window)).rowcount == 1

    def answer(self, device: str, boot_id: int, seq: int) -> Answer | None:
        found = self._connection.execute(f"SELECT {ANSWER.names} {NAMED}", (device, boot_id, seq)).fetchone()
        return ANSWER.row(found) if found else None

    def find(self, device: str, boot_id: int, seq: int) -> StoredWindow | None:
        found = self._connection.execute(f"SELECT {WINDOW.names} {NAMED}", (device, boot_id, seq)).fetchone()
        return WINDOW.row(found) if found else None

    def newest(self, limit: int, device: str | None = None) -> list[WindowHead]:
        which, values = (NEWEST_OF, (device, limit)) if device else (NEWEST, (limit,))
        return [HEAD.row(row) for row in self._connection.execute(which, values)]

    def newest_us(self) -> int | None:
        found = self._connection.execute("SELECT received_us FROM windows ORDER BY rowid DESC LIMIT 1")
        row = found.fetchone()
        return row["received_us"] if row else None

    def oldest_of_us(self, device: str) -> int | None:
        oldest = "SELECT min(received_us) AS at_us FROM windows WHERE device = ?"
        found: int | None = self._connection.execute(oldest, (device,)).fetchone()["at_us"]
        return found

    def scored(self, device: str, begin_us: int, end_us: int) -> list[Scored]:
        found = self._connection.execute(
            f"SELECT {SCORED.names} FROM windows WHERE device = ? AND received_us >= ? AND received_us < ?",
            (device, begin_us, end_us),
        )
        return [Scored(*row) for row in found]

    def scores(self, device: str, since_us: int, step_us: int) -> list[ScoreStep]:
        span = {"device": device, "since_us": since_us, "step_us": step_us}
        return [STEP.row(row) for row in self._connection.execute(SCORES, span)]

    def recorded(self) -> list[tuple[str, StoredWindow]]:
        return [(row["condition"], UNJUDGED.row(row)) for row in self._connection.execute(RECORDED)]

    def numbers(self, device: str, boot_id: int, first: int, last: int) -> list[int]:
        found = self._connection.execute(
            "SELECT seq FROM windows WHERE device = ? AND boot_id = ? AND seq BETWEEN ? AND ? ORDER BY seq",
            (device, boot_id, first, last),
        )
        return [row["seq"] for row in found]
