"""The file: opened, kept to one server, written in transactions, brought up to date."""

import contextlib
import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from urllib.parse import quote

from judder.errors import JudderError
from judder.server.storage.sqlite.disk import WAL_BYTES
from judder.server.storage.sqlite.schema import MIGRATIONS, SCHEMA, SCHEMA_VERSION
from judder.server.storage.store import StoreError

FILE_NAME = "judder.sqlite3"
LOCK_NAME = "in-use.sqlite3"
BUSY_TIMEOUT_S = 10
CACHE_KB = 16_000
"""A minute of 100 boards: what is dropped of it is not read twice."""
PRIVATE, PRIVATE_FOLDER, OWNERS = 0o600, 0o700, 0o700


DAMAGED = "The file is damaged: put a copy of it back, or choose another folder with --data-dir."
OTHER = f"Is {FILE_NAME} a server's, of this Judder?"
HINTS = {
    sqlite3.SQLITE_FULL: "The disk is full.",
    sqlite3.SQLITE_IOERR: "Is the disk full, or gone?",
    sqlite3.SQLITE_CORRUPT: DAMAGED,
    sqlite3.SQLITE_NOTADB: DAMAGED,
    sqlite3.SQLITE_READONLY: "May the folder, and the files in it, be written?",
    sqlite3.SQLITE_CANTOPEN: "May the folder, and the files in it, be read and written?",
    sqlite3.SQLITE_PERM: "May the folder, and the files in it, be read and written?",
    sqlite3.SQLITE_BUSY: "Is another program reading or writing the file?",
    sqlite3.SQLITE_LOCKED: "Is another program reading or writing the file?",
}
"""What to do, by SQLite's primary result code."""


def hint_on(error: sqlite3.Error | OSError) -> str:
    """Return what to do about an error of SQLite's, or of opening its file."""
    code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR)
    return HINTS.get(code & 0xFF, OTHER)


@contextmanager
def transaction(connection: sqlite3.Connection) -> Iterator[None]:
    """Keep all that is done inside, or, where it raises, nothing. Raises StoreError where SQLite fails."""
    try:
        connection.execute("BEGIN")
        yield
        connection.execute("COMMIT")
    except BaseException as error:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        if isinstance(error, sqlite3.Error):
            raise StoreError(f"The disk refused: {error}.", hint=hint_on(error)) from error
        raise


def lock(data_dir: Path) -> sqlite3.Connection:
    """Return what keeps other servers out of data_dir until it is closed, or its process ends."""
    hint = "Stop another judder serve that uses it, or choose another folder with --data-dir."
    try:
        connection = sqlite3.connect(data_dir / LOCK_NAME, timeout=0, check_same_thread=False)
        connection.execute("BEGIN EXCLUSIVE")
    except sqlite3.Error as error:
        if error.sqlite_errorcode == sqlite3.SQLITE_BUSY:
            raise JudderError(f"{data_dir} is in use by another judder serve.", hint=hint) from error
        raise JudderError(f"{data_dir} cannot be locked: {error}.", hint=hint_on(error)) from error
    return connection


def connect(path: Path) -> sqlite3.Connection:
    """Return a connection to the file at path, made or brought up to date where it has to be."""
    try:
        _keep_to_owner(path)
        connection = sqlite3.connect(
            path, timeout=BUSY_TIMEOUT_S, check_same_thread=False, isolation_level=None
        )
        connection.row_factory = sqlite3.Row
        connection.execute("PRAGMA auto_vacuum=INCREMENTAL")  # of a new file; VACUUM makes it so of an old
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute(f"PRAGMA journal_size_limit={WAL_BYTES}")
        connection.execute(f"PRAGMA cache_size=-{CACHE_KB}")
        connection.execute("PRAGMA synchronous=FULL")
        version = connection.execute("PRAGMA user_version").fetchone()[0]
        steps = [MIGRATIONS[old] for old in range(version, SCHEMA_VERSION)] if version else [SCHEMA]
        if version < SCHEMA_VERSION:
            connection.executescript(
                f"BEGIN; {' '.join(steps)} PRAGMA user_version={SCHEMA_VERSION}; COMMIT;"
            )
    except (sqlite3.Error, OSError) as error:
        raise JudderError(f"{path} cannot be opened: {error}.", hint=hint_on(error)) from error
    if not os.access(path, os.W_OK):  # SQLite would say so of the first window
        raise JudderError(f"{path} may not be written.", hint=HINTS[sqlite3.SQLITE_READONLY])
    if version > SCHEMA_VERSION:
        raise JudderError(
            f"{path} was written by a newer Judder (schema {version}).", hint="Update Judder here."
        )
    return connection


def _keep_to_owner(path: Path) -> None:
    """Let nobody but its owner read the file, which holds the boards' keys.

    SQLite makes those beside it alike. Where the file is of another user, SQLite says next what may be done.
    """
    with contextlib.suppress(PermissionError):
        os.close(os.open(path, os.O_RDONLY | os.O_CREAT, PRIVATE))
    for name in ("", "-wal", "-shm"):
        file = path.with_name(path.name + name)
        with contextlib.suppress(FileNotFoundError, PermissionError):
            file.chmod(file.stat().st_mode & OWNERS)


def touch(connection: sqlite3.Connection) -> None:
    """Write one page of the file, and change nothing in it."""
    connection.execute(f"PRAGMA user_version={SCHEMA_VERSION}")


def connect_to_read(path: Path) -> sqlite3.Connection:
    """Return a connection that can change nothing."""
    connection = connect(path)
    connection.execute("PRAGMA query_only=ON")
    return connection


@contextmanager
def reading(data_dir: Path) -> Iterator[sqlite3.Connection]:
    """Read the file of a server that may be running. A file of an older Judder stays as it is."""
    with closing(_open_to_read(data_dir / FILE_NAME)) as connection:
        connection.row_factory = sqlite3.Row
        with transaction(connection):
            yield connection


def _open_to_read(path: Path) -> sqlite3.Connection:
    """Return a connection to the file as it is. Raises StoreError.

    Reading beside a server needs a file of locks; a folder that may not be written has neither.
    """
    is_still = not os.access(path.parent, os.W_OK) and not path.with_name(f"{FILE_NAME}-wal").exists()
    how = "mode=ro&immutable=1" if is_still else "mode=ro"
    try:
        return sqlite3.connect(f"file:{quote(str(path))}?{how}", uri=True, isolation_level=None)
    except sqlite3.Error as error:
        raise StoreError(f"{path} cannot be opened: {error}.", hint=hint_on(error)) from error
