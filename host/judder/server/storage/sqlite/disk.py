"""The room that a store's files take, and how it is given back: in small steps, also where a disk is full.

A deletion needs room itself: it is written to the WAL before it frees a page. So a file is held in reserve
beside the database, and let go of where the disk is full.
"""

import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from judder.server.storage.rows import Space

RESERVE_NAME = "reserve"
RESERVE_BYTES = 32_000_000
"""Takes what is in the WAL, and that of some 10,000 deletions; on a disk under 256 MB it is smaller."""
RESERVE_PART = 8
LEAST_FREE = 2
"""Times the reserve: what should be free."""
HELD_FROM = 2
"""Times the reserve: what has to be free for it to be held."""
VACUUM_BYTES = 1_000_000
"""Given back per step: some 10 ms."""
WAL_BYTES = 16_000_000
"""What the WAL is cut to after a checkpoint."""


class Disk:
    """The files of the store at path."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._wal = path.with_name(f"{path.name}-wal")
        self._reserve = path.with_name(RESERVE_NAME)

    def space(self, connection: sqlite3.Connection) -> Space:
        """Return what the store takes. Raises OSError where its folder is gone."""
        size, pages, free = (
            _number(connection, name) for name in ("page_size", "page_count", "freelist_count")
        )
        waiting, reserve = _size(self._wal), _size(self._reserve)
        disk = shutil.disk_usage(self._path.parent)
        files, least = size * pages + waiting + reserve, LEAST_FREE * _reserve_bytes(disk.total)
        return Space(size * (pages - free), files, disk.free, least, waiting)

    def tidy(self, connection: sqlite3.Connection, spare: int) -> bool:
        """Give back a step of the free pages beyond spare bytes, cut the WAL, and see to the reserve.

        Return whether there may be more to give back.
        """
        size, free = _number(connection, "page_size"), _number(connection, "freelist_count")
        pages = max(0, min(VACUUM_BYTES, free * size - spare)) // size
        if pages:  # execute() would take one step, which is one page
            connection.executescript(f"PRAGMA incremental_vacuum({pages})")
        if _size(self._wal) > WAL_BYTES:
            self._cut_wal(connection)
        self._hold_reserve()
        return pages == VACUUM_BYTES // size

    def make_room(self, connection: sqlite3.Connection) -> None:
        """Let go of the reserve, and bring what is in the WAL to its place."""
        self._reserve.unlink(missing_ok=True)
        self._cut_wal(connection)

    def _cut_wal(self, connection: sqlite3.Connection) -> None:
        with _without_waiting(connection), suppress(sqlite3.Error):  # a reader holds it; the next time, then
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()

    def _hold_reserve(self) -> None:
        with suppress(OSError):
            disk = shutil.disk_usage(self._path.parent)
            wanted = _reserve_bytes(disk.total)
            if self._reserve.exists() or disk.free < HELD_FROM * wanted:
                return
            with self._reserve.open("wb") as file:
                _allocate(file.fileno(), wanted)


def _reserve_bytes(total: int) -> int:
    return min(RESERVE_BYTES, total // RESERVE_PART)


@contextmanager
def _without_waiting(connection: sqlite3.Connection) -> Iterator[None]:
    """Let connection not wait for whoever reads: windows would wait with it."""
    before = _number(connection, "busy_timeout")
    connection.execute("PRAGMA busy_timeout=0")
    try:
        yield
    finally:
        connection.execute(f"PRAGMA busy_timeout={before}")


def _allocate(file: int, size: int) -> None:
    if hasattr(os, "posix_fallocate"):
        os.posix_fallocate(file, 0, size)
    else:
        os.write(file, bytes(size))


def _size(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0


def _number(connection: sqlite3.Connection, name: str) -> int:
    found: int = connection.execute(f"PRAGMA {name}").fetchone()[0]
    return found
