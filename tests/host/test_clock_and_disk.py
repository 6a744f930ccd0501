"""Each fault of a clock together with each fault of a disk, over restarts: what was answered is there after.

The oracle is the list of windows that were answered 200, beside what a reader of its own finds in the file.
A server is cut off by a copy of its folder, as kill -9 leaves it.
"""

import contextlib
import shutil
import time
from types import SimpleNamespace

import pytest
from judder.server.api.keys import STORE
from judder.server.storage.sqlite import disk
from judder.server.storage.sqlite.connection import FILE_NAME
from judder_core import wire

from tests.host.conftest import frame
from tests.host.storing import on_disk, refusing, work

DAY_S = 86_400
CLOCKS = {
    "right": lambda now_s: now_s,
    "a day ahead": lambda now_s: now_s + DAY_S,
    "a day behind": lambda now_s: now_s - DAY_S,
    "8 days ahead": lambda now_s: now_s + 8 * DAY_S,
    "400 days ahead": lambda now_s: now_s + 400 * DAY_S,
    "1970": lambda now_s: now_s % DAY_S,
}
EACH = 40


class Hall:
    """A server that is cut off and started again, and what it answered."""

    def __init__(self, start_server, folder, monkeypatch):
        self._start, self._folder, self._monkeypatch = start_server, folder, monkeypatch
        self._real, self._lives, self._next, self.answered = time.time, 0, 0, set()

    async def live(self, clock="right"):
        """Cut the server off where one runs, and start the next life with the clock like that."""
        before, self._lives = self.data_dir, self._lives + 1
        if before.exists():
            shutil.copytree(before, self.data_dir, ignore=shutil.ignore_patterns("in-use*"))
            await self.server.stop()
        self._monkeypatch.setattr(time, "time", lambda: CLOCKS[clock](self._real()))
        self.server = await self._start(data_dir=self.data_dir, clock=time.time, keep_gb=None)

    @property
    def data_dir(self):
        return self._folder / f"life-{self._lives}"

    async def send(self, windows=EACH):
        """Send windows in one body; return whether they were taken."""
        seqs = range(self._next, self._next + windows)
        self._next += windows
        body = b"".join(bytes(frame(seq=seq)) for seq in seqs)
        status, _ = await self.server.ask(
            "POST", "/api/v1/windows", data=body, headers={"Content-Type": wire.CONTENT_TYPE}
        )
        self.answered |= set(seqs) if status == 200 else set()
        return status == 200


@pytest.fixture
def hall(start_server, tmp_path, monkeypatch):
    monkeypatch.setattr("judder.server.services.retention.RETRY_S", 0)
    return Hall(start_server, tmp_path, monkeypatch)


@contextlib.contextmanager
def full(hall):
    """A disk that has no room, as the server sees it; the last writes still find some."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(disk.shutil, "disk_usage", lambda folder: SimpleNamespace(total=10**9, free=0))
        yield


@contextlib.contextmanager
def error(hall):
    with refusing(4096):
        yield


@contextlib.contextmanager
def read_only(hall):
    files = hall.server.app[STORE]._files
    files.writer.execute("PRAGMA query_only=ON")
    yield
    files.writer.execute("PRAGMA query_only=OFF")


@contextlib.contextmanager
def deleted(hall):
    for file in hall.data_dir.glob(f"{FILE_NAME}*"):
        file.unlink()
    yield


@contextlib.contextmanager
def wal_deleted(hall):
    (hall.data_dir / f"{FILE_NAME}-wal").unlink()
    yield


DISKS = [full, error, read_only, deleted, wal_deleted]


@pytest.mark.parametrize("fault", DISKS, ids=lambda fault: fault.__name__)
@pytest.mark.parametrize("clock", CLOCKS)
async def test_no_fault_of_the_clock_with_one_of_the_disk_loses_what_was_answered(hall, clock, fault):
    await hall.live()
    await hall.send()
    await hall.live(clock)
    await hall.send()
    with fault(hall):
        await hall.send()
        await work(hall.server, most=20)
    assert await hall.send()
    await hall.live()
    with full(hall):
        await work(hall.server, most=20)
    assert await hall.send()
    assert hall.answered <= on_disk(hall.data_dir)
