"""What may be wrong with a store's files: damaged, emptied, parted from their WAL, or deleted while in use.

All of it is found and said. A damaged file is set aside and a new one begun. A file that was deleted while
the server had it open is written again from what is open.
"""

import sqlite3
import time
from contextlib import closing, suppress
from pathlib import Path

import structlog

CHECK_S = 3.0
"""A file that takes longer is checked as far as it comes. quick_check of 648 MB took 0.7 s from memory, and
9 to 11 s from a virtual disk (2026-11-30, 2 cores).
"""
DAMAGED_CODES = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)
MARK_NAME = "stored-until"

log = structlog.get_logger()


def siblings(path: Path) -> list[Path]:
    """Return the files that SQLite keeps beside the one at path."""
    return [path.with_name(f"{path.name}{ending}") for ending in ("-wal", "-shm")]


def set_aside_if_damaged(path: Path) -> str | None:
    """Rename a damaged file, and its WAL; return what to say of it, None where it is well."""
    why = _damage(path)
    if why is None:
        return None
    aside = path.with_name(f"damaged-{time.strftime('%Y%m%d-%H%M%S')}-{path.name}")
    path.replace(aside)
    for file in siblings(path):
        with suppress(FileNotFoundError):
            file.replace(aside.with_name(file.name.replace(path.name, aside.name)))
    log.error("store_damaged", file=str(path), aside=aside.name, why=why)
    return f"{path.name} was damaged ({why}): it lies in {aside.name} now, and a new one was begun."


def _damage(path: Path) -> str | None:
    """Return what is wrong with the file at path, None where nothing is known to be."""
    if not path.exists() or not path.stat().st_size:
        return None
    try:
        with closing(sqlite3.connect(path, timeout=0)) as connection:
            until_s = time.monotonic() + CHECK_S
            connection.set_progress_handler(lambda: time.monotonic() > until_s, 10_000)
            (found,) = connection.execute("PRAGMA quick_check(1)").fetchone()
    except sqlite3.Error as error:
        is_damage = getattr(error, "sqlite_errorcode", 0) & 0xFF in DAMAGED_CODES
        return str(error) if is_damage else None
    return None if found == "ok" else str(found).splitlines()[-1]


class Mark:
    """How far windows were stored, noted beside the database: a file that was emptied, or lost its WAL, holds
    less than that.
    """

    def __init__(self, path: Path) -> None:
        self._path = path.with_name(MARK_NAME)
        self._noted: int | None = None

    def missing(self, connection: sqlite3.Connection) -> str | None:
        """Return what to say where windows are gone that were stored."""
        with suppress(OSError, ValueError):
            gone = int(self._path.read_text()) - _last(connection)
            if gone > 0:
                log.error("windows_gone", windows=gone)
                return f"At least {gone} windows that were stored are gone: the database or its WAL was lost."
        return None

    def note(self, connection: sqlite3.Connection) -> None:
        """Note how far it is now."""
        last = _last(connection)
        if last == self._noted:
            return
        with suppress(OSError):  # a full disk; what it holds less is found all the same
            part = self._path.with_name(f".{MARK_NAME}.part")
            part.write_text(f"{last}\n")
            part.replace(self._path)
            self._noted = last


def _last(connection: sqlite3.Connection) -> int:
    found: int | None = connection.execute("SELECT max(rowid) FROM windows").fetchone()[0]
    return found or 0


class Presence:
    """Whether the files that are open are those that lie in the folder."""

    def __init__(self, path: Path) -> None:
        self._files = path, siblings(path)[0]
        self._inodes = self._look()

    def is_whole(self) -> bool:
        return self._look() == self._inodes

    def is_replaced(self) -> bool:
        """Return whether another file lies in the place of the one that is open."""
        return self._look()[0] not in (self._inodes[0], None)

    def _look(self) -> list[int | None]:
        return [_inode(file) for file in self._files]


def _inode(path: Path) -> int | None:
    try:
        return path.stat().st_ino
    except FileNotFoundError:
        return None


class Rescue:
    """Puts a file that was deleted back to path, as a connection still has it open; or what is in its WAL,
    where only that was deleted. Raises OSError and sqlite3.Error where the disk refuses.

    save() comes while the file is open, put_back() once nobody has it open any more: whoever is the last to
    close a file deletes its WAL, by the name.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._copy = path.with_name(f"again-{path.name}")  # whole
        self._part = path.with_name(f"{self._copy.name}.part")

    def go_on(self) -> str | None:
        """Put back what a server that was cut off meanwhile had saved; return what to say of it."""
        for file in (self._part, self._part.with_name(f"{self._part.name}-journal")):
            file.unlink(missing_ok=True)
        if self._path.exists():
            self._copy.unlink(missing_ok=True)
        if not self._copy.exists():
            return None
        self.put_back()
        return f"{self._path.name} was deleted while a server ran that was cut off; its copy was put back."

    def save(self, connection: sqlite3.Connection) -> str:
        """Write down what is only open; return what to say of it."""
        if self._path.exists():
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
            return f"The WAL of {self._path.name} was deleted while the server ran; what it held was kept."
        self._path.parent.mkdir(parents=True, exist_ok=True)
        try:
            with closing(sqlite3.connect(self._part)) as copy:
                connection.backup(copy)
            self._part.replace(self._copy)
        except BaseException:
            self._part.unlink(missing_ok=True)
            raise
        return f"{self._path.name} was deleted while the server ran; it was written again from what was open."

    def put_back(self) -> None:
        if self._copy.exists():
            for file in siblings(self._path):
                file.unlink(missing_ok=True)
            self._copy.replace(self._path)
