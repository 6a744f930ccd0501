"""Windows posted to a server, what it answered, and what a reader of its own finds in the file."""

import contextlib
import resource
import sqlite3

from judder.server.api.keys import RETENTION
from judder.server.storage.sqlite.connection import FILE_NAME
from judder_core import wire

from tests.host.conftest import frame


async def post(server, seq):
    """Post a window of 4,096 samples, which takes 24 kB; return the status."""
    body = bytes(frame(seq=seq, window_len=4096))
    headers = {"Content-Type": wire.CONTENT_TYPE}
    return (await server.ask("POST", "/api/v1/windows", data=body, headers=headers))[0]


async def answered(server, seqs):
    """Post windows of these numbers; return {number: status}."""
    return {seq: await post(server, seq) for seq in seqs}


def ok(statuses):
    return {seq for seq, status in statuses.items() if status == 200}


def on_disk(data_dir):
    """Return the numbers of the windows in a folder, read by SQLite alone."""
    with contextlib.closing(sqlite3.connect(f"file:{data_dir / FILE_NAME}?mode=ro", uri=True)) as connection:
        assert connection.execute("PRAGMA quick_check").fetchone() == ("ok",)
        return {seq for (seq,) in connection.execute("SELECT seq FROM windows")}


async def work(server, most=2000):
    """Let the server see to its disk until there is nothing more to do."""
    for _ in range(most):
        if not await server.app[RETENTION].work():
            return


@contextlib.contextmanager
def refusing(bytes_most):
    """Let the system refuse to write beyond so many bytes of any file: an error of input and output."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (bytes_most, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
