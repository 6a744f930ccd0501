"""What was answered is on disk: windows, recordings, devices and alerts in one SQLite file.

All writing happens on one thread. Windows that wait while a commit is under way go into the next one
together (group commit), so that a hall of boards costs one fsync for all, not one for each.
"""

import asyncio
import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import astuple, dataclass, fields
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

from judder.errors import JudderError
from judder.recording import Recording, Samples, Segment, Timing
from judder.server.timing import timing_of

FILE_NAME = "judder.sqlite3"
SCHEMA_VERSION = 2
REFERENCE_PREFIX = "ref-"
"""Boards with the reference's sketch are called this and their address."""
SCHEMA = """
CREATE TABLE windows (
    device TEXT NOT NULL, boot_id INTEGER NOT NULL, seq INTEGER NOT NULL,
    received_us INTEGER NOT NULL, timestamp_us INTEGER NOT NULL, flags INTEGER NOT NULL,
    sensor INTEGER NOT NULL, sample_rate_hz REAL NOT NULL, scale_g REAL NOT NULL,
    typecode TEXT NOT NULL, counts BLOB NOT NULL,
    judged_by TEXT, model_id TEXT, score REAL, p_value REAL, anomaly INTEGER, alert INTEGER,
    recording INTEGER REFERENCES recordings (id), pose TEXT,
    UNIQUE (device, boot_id, seq)
) STRICT;
CREATE INDEX windows_by_recording ON windows (recording);
CREATE INDEX windows_by_age ON windows (received_us) WHERE recording IS NULL;
CREATE TABLE recordings (
    id INTEGER PRIMARY KEY, condition TEXT NOT NULL, device TEXT, wanted INTEGER, pose TEXT,
    state TEXT NOT NULL, started_us INTEGER NOT NULL
) STRICT;
CREATE TABLE devices (id TEXT PRIMARY KEY, status TEXT NOT NULL, status_us INTEGER NOT NULL) STRICT;
CREATE TABLE alerts (
    id INTEGER PRIMARY KEY, device TEXT NOT NULL, boot_id INTEGER NOT NULL, seq INTEGER NOT NULL,
    judged_by TEXT NOT NULL, model_id TEXT, score REAL, started_us INTEGER NOT NULL, ended_us INTEGER,
    why TEXT
) STRICT;
"""
MIGRATIONS = {1: "ALTER TABLE alerts ADD COLUMN why TEXT;"}
"""By the version they lead away from, each to the next."""

T = TypeVar("T")


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


COLUMNS = ", ".join(column.name for column in fields(StoredWindow))
INSERT = f"INSERT OR IGNORE INTO windows ({COLUMNS}) VALUES ({', '.join('?' * len(fields(StoredWindow)))})"


class Store:
    """The server's memory. Open it before use; every method but waiting() awaits the disk."""

    def __init__(self, data_dir: Path) -> None:
        self._data_dir = data_dir
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="judder-store")
        self._waiting: list[tuple[StoredWindow, asyncio.Future[bool]]] = []
        self._wanted = asyncio.Event()
        self._writer: asyncio.Task[None] | None = None

    async def open(self) -> None:
        self._data_dir.mkdir(parents=True, exist_ok=True)
        self._connection = await self._on_thread(lambda: _connect(self._data_dir / FILE_NAME))
        self._writer = asyncio.create_task(self._write_forever())

    async def close(self) -> None:
        while self._waiting:
            await asyncio.sleep(0.01)
        if self._writer:
            self._writer.cancel()
        await self._on_thread(self._connection.close)
        self._thread.shutdown()

    def waiting(self) -> int:
        """Return how many windows wait for the disk."""
        return len(self._waiting)

    async def add(self, window: StoredWindow) -> bool:
        """Return once window is on disk: True, or False if it was there before."""
        future: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self._waiting.append((window, future))
        self._wanted.set()
        return await future

    async def query(self, sql: str, *values: Any) -> list[dict[str, Any]]:
        """Return the rows of sql as dicts."""
        return await self._on_thread(lambda: [dict(row) for row in self._connection.execute(sql, values)])

    async def write(self, sql: str, *values: Any) -> int:
        """Run sql and commit; return the id of the row it added."""

        def run() -> int:
            with self._connection:
                return self._connection.execute(sql, values).lastrowid or 0

        return await self._on_thread(run)

    async def _on_thread(self, function: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._thread, function)

    async def _write_forever(self) -> None:
        while True:
            await self._wanted.wait()
            self._wanted.clear()
            batch, self._waiting = self._waiting, []
            try:
                added = await self._on_thread(lambda rows=[row for row, _ in batch]: self._insert(rows))  # type: ignore[misc]
            except sqlite3.Error as error:  # a full disk; the boards keep their windows and come again
                for _, future in batch:
                    if not future.done():
                        future.set_exception(error)
                continue
            for (_, future), new in zip(batch, added, strict=True):
                if not future.done():
                    future.set_result(new)

    def _insert(self, rows: list[StoredWindow]) -> list[bool]:
        with self._connection:
            return [self._connection.execute(INSERT, astuple(row)).rowcount == 1 for row in rows]


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


def load_recordings(data_dir: Path) -> list[Recording]:
    """Return what the server in data_dir recorded: one Recording a recording, board and pose.

    Each window is a segment, numbered in the order of its board; the server may be running.
    """
    with sqlite3.connect(f"file:{data_dir / FILE_NAME}?mode=ro", uri=True) as connection:
        connection.row_factory = sqlite3.Row
        rows = connection.execute(
            "SELECT recordings.condition, windows.* FROM windows JOIN recordings ON recording = recordings.id"
            " ORDER BY recording, device, windows.pose, received_us, boot_id, seq"
        ).fetchall()
        groups: dict[tuple[Any, ...], list[sqlite3.Row]] = {}
        for row in rows:
            groups.setdefault((row["recording"], row["device"], row["pose"]), []).append(row)
        return [_recording(mine, _timing(connection, mine)) for mine in groups.values()]


def _timing(connection: sqlite3.Connection, rows: list[sqlite3.Row]) -> Timing | None:
    """Return how rows came; None for the reference's sketch, which sends neither numbers nor a clock."""
    return None if rows[0]["device"].startswith(REFERENCE_PREFIX) else timing_of(connection, rows)


def _recording(rows: list[sqlite3.Row], timing: Timing | None) -> Recording:
    number, pose = rows[0]["recording"], rows[0]["pose"]
    scale_g = _common_scale(rows)
    segments, start_row = [], 0
    for k, row in enumerate(rows):
        samples = _samples(row, scale_g)
        segments.append(Segment(f"{k:04d}", start_row, samples))
        start_row += len(samples)
    return Recording(
        rows[0]["condition"],
        "-".join([f"{number}", rows[0]["device"], *([pose] if pose else [])]),
        tuple(segments),
        scale_g,
        float(np.median([row["sample_rate_hz"] for row in rows])),
        f"{number}-{pose}" if pose else f"{number}",
        timing=timing,
    )


def _common_scale(rows: list[sqlite3.Row]) -> float | None:
    """Return the finest scale of the windows, g per count, or None where they share no grid.

    A window of the reference's protocol gets the coarsest grid its values sit on, which may be twice its
    neighbour's.
    """
    scales = sorted({float(row["scale_g"]) for row in rows})
    whole = all((scale / scales[0]).is_integer() for scale in scales)
    return scales[0] if whole and all(row["typecode"] == "h" for row in rows) else None


def _samples(row: sqlite3.Row, scale_g: float | None) -> Samples:
    """Return a window's samples (n, 3): counts of scale_g, or float32 g where that is None."""
    stored = np.frombuffer(row["counts"], "<i2" if row["typecode"] == "h" else "<f4").reshape(-1, 3)
    samples: Samples = stored * row["scale_g"] if scale_g is None else stored * int(row["scale_g"] / scale_g)
    return samples.astype(np.float32 if scale_g is None else np.int16)
