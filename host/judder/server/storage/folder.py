"""A server's data folder: which store it holds."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from judder.server.storage.sqlite import backup
from judder.server.storage.sqlite.connection import FILE_NAME, reading
from judder.server.storage.sqlite.store import SqliteStore
from judder.server.storage.sqlite.tables import make_unit
from judder.server.storage.store import Store, Unit


def is_one(path: Path) -> bool:
    """Return whether path is a server's data folder."""
    return (path / FILE_NAME).exists()


def store_in(data_dir: Path) -> Store:
    """Return the store of the server on data_dir."""
    return SqliteStore(data_dir)


@contextmanager
def read_only(data_dir: Path) -> Iterator[Unit]:
    """Read what a server keeps in data_dir; the server may be running."""
    with reading(data_dir) as connection:
        yield make_unit(connection)


def copy_store(data_dir: Path, folder: Path) -> dict[str, int]:
    """Copy the store of the server on data_dir into folder; return its rows per table. Raises JudderError."""
    return backup.copy(data_dir, folder / FILE_NAME)


def check_store(folder: Path) -> dict[str, int]:
    """Return the rows per table of a store that nobody writes. Raises JudderError where it is damaged."""
    return backup.check(folder / FILE_NAME)
