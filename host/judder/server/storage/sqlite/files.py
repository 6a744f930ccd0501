"""The files of a store while they are open: a connection that writes, one that reads, their troubles."""

import sqlite3
import time
from collections.abc import Iterator
from concurrent.futures import Executor
from contextlib import contextmanager
from pathlib import Path

import structlog

from judder.server.storage.rows import Space
from judder.server.storage.sqlite.connection import (
    FILE_NAME,
    PRIVATE_FOLDER,
    connect,
    connect_to_read,
    hint_on,
    lock,
)
from judder.server.storage.sqlite.damage import Mark, Presence, Rescue, set_aside_if_damaged
from judder.server.storage.sqlite.disk import Disk
from judder.server.storage.sqlite.tables import make_unit
from judder.server.storage.store import StoreError

NOTE_EVERY_S = 10.0

log = structlog.get_logger()


class Files:
    """The files in data_dir. troubles: what was found wrong with them, in sentences."""

    def __init__(self, data_dir: Path) -> None:
        self._data_dir = data_dir
        self._path = data_dir / FILE_NAME
        self._disk = Disk(self._path)
        self._mark = Mark(self._path)
        self._noted_s = 0.0
        self.troubles: list[str] = []

    def open(self) -> None:
        """Open the files, or make them. A damaged one is set aside. Raises JudderError."""
        self._data_dir.mkdir(PRIVATE_FOLDER, parents=True, exist_ok=True)
        self._lock = lock(self._data_dir)
        self._say(Rescue(self._path).go_on())
        self._say(set_aside_if_damaged(self._path))
        self._connect()
        if not self.troubles:
            self._say(self._mark.missing(self.writer))
        self._mark.note(self.writer)

    def _say(self, trouble: str | None) -> None:
        if trouble:
            self.troubles.append(trouble)

    def _connect(self) -> None:
        self.writer = connect(self._path)
        self.reader = connect_to_read(self._path)
        self.unit, self.read_unit = make_unit(self.writer), make_unit(self.reader)
        self._presence = Presence(self._path)

    def close(self) -> None:
        if self._presence.is_whole():
            self._mark.note(self.writer)
        self.reader.close()
        self.writer.close()
        self._lock.close()

    def keep(self, reading: Executor) -> None:
        """See that what is written now will be found: files that were deleted are written again.

        reading: the one thread that reads, which stops for it. Raises StoreError where they cannot be, or
        where somebody put others in their place.
        """
        if self._presence.is_replaced():
            raise StoreError(
                f"{self._path} was replaced while the server ran: what is written would be lost.",
                hint="Start the server anew.",
            )
        if not self._presence.is_whole():
            reading.submit(self._write_again).result()

    def _write_again(self) -> None:
        rescue = Rescue(self._path)
        try:
            self._say(rescue.save(self.writer))
            self.reader.close()
            self.writer.close()
            rescue.put_back()
            self._lock.close()
            self._lock = lock(self._data_dir)
            self._connect()
        except (sqlite3.Error, OSError) as error:
            raise StoreError(
                f"{self._path.name} was deleted, and cannot be written again: {error}.",
                hint="Give the disk room; the server tries again with the next window.",
            ) from error
        log.error("store_deleted", why=self.troubles[-1])

    def space(self) -> Space:
        with _as_store_error():
            return self._disk.space(self.writer)

    def tidy(self, spare: int) -> bool:
        with _as_store_error():
            is_more = self._disk.tidy(self.writer, spare)
            if time.monotonic() - self._noted_s > NOTE_EVERY_S:
                self._noted_s = time.monotonic()
                self._mark.note(self.writer)
            return is_more

    def make_room(self) -> None:
        with _as_store_error():
            self._disk.make_room(self.writer)


@contextmanager
def _as_store_error() -> Iterator[None]:
    try:
        yield
    except sqlite3.Error as error:
        raise StoreError(f"The disk refused: {error}.", hint=hint_on(error)) from error
    except OSError as error:
        raise StoreError(f"The disk refused: {error}.", hint="Is the disk there?") from error
