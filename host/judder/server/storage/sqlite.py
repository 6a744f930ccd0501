"""What was answered is on disk: windows, recordings, devices and alerts in one SQLite file.

All writing happens on one thread. What waits while a commit is under way goes into the next one together
(group commit), so that a hall of boards costs one fsync for all, not one for each.
"""

import asyncio
import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import astuple, dataclass, fields
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from judder.errors import JudderError
from judder.server.storage.schema import MIGRATIONS, SCHEMA, SCHEMA_VERSION

FILE_NAME = "judder.sqlite3"
LOCK_NAME = "in-use.sqlite3"
REFERENCE_PREFIX = "ref-"
"""Boards with the reference's sketch are called this and their address."""

T = TypeVar("T")
Statement = tuple[str, tuple[Any, ...]]
Written = tuple[int, int]  # how many rows it wrote, the id of the last


@dataclass(frozen=True)
class StoredWindow:
    """A row of the table windows; typecode and counts as array.array has them, little-endian."""

    device: str
    boot_id: int
    seq: int
    received_us: int
    timestamp_us: int
    flags: int
    sensor: int
    sample_rate_hz: float
    scale_g: float
    typecode: str
    counts: bytes
    judged_by: str | None = None
    model_id: str | None = None
    score: float | None = None
    p_value: float | None = None
    anomaly: bool | None = None
    alert: bool | None = None
    recording: int | None = None
    pose: str | None = None
    threshold: float | None = None
    combined_score: float | None = None
    combined_threshold: float | None = None
    state: str | None = None
    why: str | None = None


COLUMNS = ", ".join(column.name for column in fields(StoredWindow))
INSERT = f"INSERT OR IGNORE INTO windows ({COLUMNS}) VALUES ({', '.join('?' * len(fields(StoredWindow)))})"

ANSWERED = (
    "SELECT device AS device_id, boot_id, seq, judged_by, model_id, score, threshold, combined_score,"
    " combined_threshold, p_value, anomaly, state, why, alert"
    " FROM windows WHERE device = ? AND boot_id = ? AND seq = ?"
)


class Store:
    """The server's memory. Open it before use; every method but waiting() awaits the disk."""

    def __init__(self, data_dir: Path) -> None:
        self._data_dir = data_dir
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="judder-store")
        self._reading = ThreadPoolExecutor(max_workers=1, thread_name_prefix="judder-read")
        self._waiting: list[tuple[Statement, asyncio.Future[Written]]] = []
        self._wanted = asyncio.Event()
        self._writer: asyncio.Task[None] | None = None

    async def open(self) -> None:
        self._data_dir.mkdir(parents=True, exist_ok=True)
        self._lock = _lock(self._data_dir)
        self._connection = await self._on_thread(lambda: _connect(self._data_dir / FILE_NAME))
        self._reader = await self._on_thread(lambda: _connect(self._data_dir / FILE_NAME))
        self._writer = asyncio.create_task(self._write_forever())

    async def close(self) -> None:
        while self._waiting:
            await asyncio.sleep(0.01)
        if self._writer:
            self._writer.cancel()
        self._reading.shutdown()
        await self._on_thread(self._reader.close)
        await self._on_thread(self._connection.close)
        self._lock.close()
        self._thread.shutdown()

    def waiting(self) -> int:
        """Return how much waits for the disk, windows for the most part."""
        return len(self._waiting)

    async def add(self, window: StoredWindow) -> bool:
        """Return once window is on disk: True, or False if it was there before."""
        rows, _ = await self._put(INSERT, astuple(window))
        return rows == 1

    async def find(self, device: str, boot_id: int, seq: int) -> dict[str, Any] | None:
        """Return what was answered to a window that is on disk, or None."""
        rows = await self.query(ANSWERED, device, boot_id, seq)
        return rows[0] if rows else None

    async def query(self, sql: str, *values: Any) -> list[dict[str, Any]]:
        """Return the rows of sql as dicts. values: in order, or one dict of them by name.

        Reading has a thread and a connection of its own: a week's scores hold up no window.
        """
        named = values[0] if values and isinstance(values[0], dict) else values
        return await asyncio.get_running_loop().run_in_executor(
            self._reading, lambda: [dict(row) for row in self._reader.execute(sql, named)]
        )

    async def run(self, function: Callable[[sqlite3.Connection], T]) -> T:
        """Return what function returns for the writing connection, all of it in one transaction."""

        def run() -> T:
            with self._connection:
                return function(self._connection)

        return await self._on_thread(run)

    async def write(self, sql: str, *values: Any) -> int:
        """Run sql; return the id of the row it added, once that is on disk."""
        _, number = await self._put(sql, values)
        return number

    async def _put(self, sql: str, values: tuple[Any, ...]) -> Written:
        future: asyncio.Future[Written] = asyncio.get_running_loop().create_future()
        self._waiting.append(((sql, values), future))
        self._wanted.set()
        return await future

    async def _on_thread(self, function: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._thread, function)

    async def _write_forever(self) -> None:
        while True:
            await self._wanted.wait()
            self._wanted.clear()
            batch, self._waiting = self._waiting, []
            results = await self._on_thread(partial(self._commit, [statement for statement, _ in batch]))
            for (_, future), result in zip(batch, results, strict=True):
                if future.done():
                    continue
                if isinstance(result, Exception):
                    future.set_exception(result)
                else:
                    future.set_result(result)

    def _commit(self, statements: list[Statement]) -> list[Written | Exception]:
        """Run statements in one transaction; where that fails, each in its own, so that one fails alone."""
        try:
            with self._connection:
                cursors = [self._connection.execute(*statement) for statement in statements]
                return [(cursor.rowcount, cursor.lastrowid or 0) for cursor in cursors]
        except Exception as error:  # a full disk: the boards keep their windows and come again
            if len(statements) == 1:
                return [error]
            return [self._commit([statement])[0] for statement in statements]


def _lock(data_dir: Path) -> sqlite3.Connection:
    """Return what keeps other servers out of data_dir until it is closed, or its process ends."""
    hint = "Stop another judder serve that uses it, or choose another folder with --data-dir."
    try:
        lock = sqlite3.connect(data_dir / LOCK_NAME, timeout=0)
        lock.execute("BEGIN EXCLUSIVE")
    except sqlite3.Error as error:
        if error.sqlite_errorcode == sqlite3.SQLITE_BUSY:
            raise JudderError(f"{data_dir} is in use by another judder serve.", hint=hint) from error
        raise JudderError(f"{data_dir} cannot be locked: {error}.", hint="May it be written?") from error
    return lock


def _connect(path: Path) -> sqlite3.Connection:
    try:
        connection = sqlite3.connect(path, timeout=10, check_same_thread=False)
        connection.row_factory = sqlite3.Row
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=FULL")
        version = connection.execute("PRAGMA user_version").fetchone()[0]
        steps = [MIGRATIONS[old] for old in range(version, SCHEMA_VERSION)] if version else [SCHEMA]
        if version < SCHEMA_VERSION:
            connection.executescript(
                f"BEGIN; {' '.join(steps)} PRAGMA user_version={SCHEMA_VERSION}; COMMIT;"
            )
    except sqlite3.Error as error:
        raise JudderError(
            f"{path} cannot be opened: {error}.",
            hint="Is another server running on this folder? Choose another with --data-dir.",
        ) from error
    if version > SCHEMA_VERSION:
        raise JudderError(
            f"{path} was written by a newer Judder (schema {version}).", hint="Update Judder here."
        )
    return connection
