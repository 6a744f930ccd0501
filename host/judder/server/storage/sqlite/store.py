"""The store: one thread that writes, in group commits, and one that reads."""

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from judder.server.storage.sqlite.connection import (
    FILE_NAME,
    PRIVATE_FOLDER,
    connect,
    connect_to_read,
    lock,
    require_file,
    touch,
    transaction,
)
from judder.server.storage.sqlite.tables import make_unit
from judder.server.storage.store import Store, Unit

T = TypeVar("T")
Work = Callable[[Unit], Any]


class SqliteStore(Store):
    """The store in data_dir."""

    def __init__(self, data_dir: Path) -> None:
        self._data_dir = data_dir
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="judder-store")
        self._reading = ThreadPoolExecutor(max_workers=1, thread_name_prefix="judder-read")
        self._waiting: list[tuple[Work, asyncio.Future[Any]]] = []
        self._wanted = asyncio.Event()

    async def open(self) -> None:
        self._data_dir.mkdir(PRIVATE_FOLDER, parents=True, exist_ok=True)
        self._lock = lock(self._data_dir)
        self._connection = await self._on_thread(lambda: connect(self._data_dir / FILE_NAME))
        self._file = (self._data_dir / FILE_NAME).stat()
        self._reader = await self._on_thread(lambda: connect_to_read(self._data_dir / FILE_NAME))
        self._unit, self._read_unit = make_unit(self._connection), make_unit(self._reader)
        self._writer = asyncio.create_task(self._write_forever())

    async def close(self) -> None:
        await self.write(lambda unit: None)  # and with it all that waits
        self._writer.cancel()
        self._reading.shutdown()
        await self._on_thread(self._reader.close)
        await self._on_thread(self._connection.close)
        self._lock.close()
        self._thread.shutdown()

    def waiting(self) -> int:
        return len(self._waiting)

    async def probe(self) -> None:
        await self.write(lambda unit: touch(self._connection))
        require_file(self._data_dir / FILE_NAME, self._file)

    async def read(self, work: Callable[[Unit], T]) -> T:
        """Reading has a thread and a connection of its own: a week's scores hold up no window."""

        def read() -> T:
            with transaction(self._reader):
                return work(self._read_unit)

        return await asyncio.get_running_loop().run_in_executor(self._reading, read)

    async def write(self, work: Callable[[Unit], T]) -> T:
        future: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        self._waiting.append((work, future))
        self._wanted.set()
        return await future

    async def _on_thread(self, function: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._thread, function)

    async def _write_forever(self) -> None:
        while True:
            await self._wanted.wait()
            self._wanted.clear()
            batch, self._waiting = self._waiting, []
            results = await self._on_thread(partial(self._commit, [work for work, _ in batch]))
            for (_, future), result in zip(batch, results, strict=True):
                if future.done():
                    continue
                if isinstance(result, Exception):
                    future.set_exception(result)
                else:
                    future.set_result(result)

    def _commit(self, works: Sequence[Work]) -> list[Any]:
        """Do works in one transaction; where that fails, each in its own, so that one fails alone."""
        try:
            with transaction(self._connection):
                return [work(self._unit) for work in works]
        except Exception as error:  # a full disk: the boards keep their windows and come again
            if len(works) == 1:
                return [error]
            return [self._commit([work])[0] for work in works]
