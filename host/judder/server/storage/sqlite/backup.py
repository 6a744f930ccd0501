"""A store's file copied while a server writes it, and a copy checked."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from urllib.parse import quote

from judder.errors import JudderError
from judder.server.storage.sqlite.connection import PRIVATE, hint_on, reading

Counts = dict[str, int]
"""Rows per table."""


def copy(data_dir: Path, out: Path) -> Counts:
    """Copy the store in data_dir, all of one moment, to a new file at out; return what that holds.

    The server goes on meanwhile; its WAL keeps what comes in and is cut afterwards. Raises JudderError.
    """
    with _explained(out), reading(data_dir) as source:
        counts = _counts(source)
        out.touch(PRIVATE)
        with closing(sqlite3.connect(out)) as target:
            source.backup(target)
    if check(out) != counts:
        raise JudderError(f"{out} does not hold what {data_dir} does.", hint="Try again, on another disk.")
    return counts


def check(path: Path) -> Counts:
    """Return what the store's file at path holds. Raises JudderError where it is damaged."""
    uri = f"file:{quote(str(path))}?mode=ro&immutable=1"
    with _explained(path), closing(sqlite3.connect(uri, uri=True)) as connection:
        (found,) = connection.execute("PRAGMA quick_check(1)").fetchone()
        if found != "ok":
            raise JudderError(f"{path} is damaged: {found}.", hint="Take another backup.")
        return _counts(connection)


def _counts(connection: sqlite3.Connection) -> Counts:
    tables = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name"
    names = [row[0] for row in connection.execute(tables)]
    return {name: connection.execute(f"SELECT count(*) FROM {name}").fetchone()[0] for name in names}


@contextmanager
def _explained(path: Path) -> Iterator[None]:
    try:
        yield
    except (sqlite3.Error, OSError) as error:
        raise JudderError(f"{path} cannot be copied or read: {error}.", hint=hint_on(error)) from error
