"""Windows in SQLite."""

import sqlite3

from judder.server.storage.rows import Answer, ScoreStep, StoredWindow, WindowHead, names
from judder.server.storage.sqlite.columns import Columns

ANSWER, HEAD, WINDOW, STEP = Columns(Answer), Columns(WindowHead), Columns(StoredWindow), Columns(ScoreStep)
UNJUDGED = Columns(StoredWindow, leave_out=names(Answer))
"""What every version of the file has: a folder of an older Judder is read as it is."""
INSERT = f"INSERT OR IGNORE INTO windows ({WINDOW.names}) VALUES ({WINDOW.marks})"
NAMED = "FROM windows WHERE device = ? AND boot_id = ? AND seq = ?"
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
FROM windows JOIN recordings ON recording = recordings.id
ORDER BY recording, windows.device, windows.pose, received_us, boot_id, seq
"""


class SqliteWindows:
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
        found = self._connection.execute(
            f"SELECT {HEAD.names} FROM windows WHERE ? IS NULL OR device = ? ORDER BY rowid DESC LIMIT ?",
            (device, device, limit),
        )
        return [HEAD.row(row) for row in found]

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

    def prune(self, before_us: int) -> int:
        return self._connection.execute(
            "DELETE FROM windows WHERE recording IS NULL AND received_us < ?", (before_us,)
        ).rowcount
