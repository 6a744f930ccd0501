"""The store: one thread that writes, in group commits, and one that reads."""

import asyncio
import itertools
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from judder.server.storage.rows import Space
from judder.server.storage.sqlite.connection import touch, transaction
from judder.server.storage.sqlite.files import Files
from judder.server.storage.store import Store, StoreError, Unit

T = TypeVar("T")
Work = Callable[[Unit], Any]


class SqliteStore(Store):
    """The store in data_dir."""

    def __init__(self, data_dir: Path) -> None:
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="judder-store")
        self._reading = ThreadPoolExecutor(max_workers=1, thread_name_prefix="judder-read")
        self._files = Files(data_dir)
        self._waiting: list[tuple[Sequence[Work], asyncio.Future[list[Any]]]] = []
        self._wanted = asyncio.Event()

    async def open(self) -> None:
        await self._on_thread(self._files.open)
        self._writer = asyncio.create_task(self._write_forever())

    async def close(self) -> None:
        with suppress(StoreError):  # of a disk that is gone; nobody was told that it was stored
            await self.write(lambda unit: None)  # and with it all that waits
        self._writer.cancel()
        self._reading.shutdown()
        await self._on_thread(self._files.close)
        self._thread.shutdown()

    def troubles(self) -> list[str]:
        return list(self._files.troubles)

    async def space(self) -> Space:
        return await self._on_thread(self._files.space)

    async def tidy(self, spare: int) -> bool:
        return await self._on_thread(partial(self._files.tidy, spare))

    async def make_room(self) -> None:
        await self._on_thread(self._files.make_room)

    def waiting(self) -> int:
        return sum(len(works) for works, _ in self._waiting)

    async def probe(self) -> None:
        await self.write(lambda unit: touch(self._files.writer))

    async def read(self, work: Callable[[Unit], T]) -> T:
        """Reading has a thread and a connection of its own: a week's scores hold up no window."""

        def read() -> T:
            with transaction(self._files.reader):
                return work(self._files.read_unit)

        return await asyncio.get_running_loop().run_in_executor(self._reading, read)

    async def write(self, work: Callable[[Unit], T]) -> T:
        (result,) = await self.write_each([work])
        if isinstance(result, Exception):
            raise result
        return result

    async def write_each(self, works: Sequence[Callable[[Unit], T]]) -> list[T | Exception]:
        future: asyncio.Future[list[Any]] = asyncio.get_running_loop().create_future()
        self._waiting.append((works, future))
        self._wanted.set()
        if self._writer.done():  # whatever ended it: what waits has to be written
            self._writer = asyncio.create_task(self._write_forever())
        return await future

    async def _on_thread(self, function: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._thread, function)

    async def _write_forever(self) -> None:
        while True:
            await self._wanted.wait()
            self._wanted.clear()
            batch, self._waiting = self._waiting, []
            all_works = [work for works, _ in batch for work in works]
            try:
                results = iter(await self._on_thread(partial(self._commit, all_works)))
            except BaseException:  # nobody may wait for ever
                _fail(future for _, future in batch)
                raise
            for works, future in batch:
                outcomes = list(itertools.islice(results, len(works)))
                if not future.done():  # whoever asked may be gone
                    future.set_result(outcomes)

    def _commit(self, works: Sequence[Work]) -> list[Any]:
        """Do works in one transaction; where that fails, each in its own, so that one fails alone."""
        try:
            self._files.keep(self._reading)
            with transaction(self._files.writer):
                return [work(self._files.unit) for work in works]
        except Exception as error:  # a full disk: the boards keep their windows and come again
            if len(works) == 1:
                return [error]
            return [self._commit([work])[0] for work in works]


def _fail(futures: Iterable["asyncio.Future[list[Any]]"]) -> None:
    for future in futures:
        if not future.done():
            future.set_exception(StoreError("The store was interrupted.", hint="Send it again."))
