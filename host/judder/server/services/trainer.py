"""Models trained in a process of their own: the server answers boards meanwhile, and is rid of it after.

One pipe leads to the process. The steps of the training come through it; when the server is gone, and its end
of the pipe with it, the process ends at once, whatever it is in the middle of.
"""

import asyncio
import contextlib
import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from functools import partial
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from judder.training.progress import Progress, Step

SPAWN = multiprocessing.get_context("spawn")
"""A fork would take the server's threads' locks along, and its sockets."""

Trained = tuple[bytes, tuple[str, ...]]
"""A model's file, and what should be known of it."""

_server: Connection
"""In the process: the way to the server."""


async def train_apart(data_dir: Path, condition: str, told: Progress, **options: Any) -> Trained:
    """Return what judder.train makes of a condition of the server's recordings. told: of each step, here.

    Raises JudderError and CoreError as judder.train does, and OSError where the process was killed: it may be
    tried again. Where it is cancelled the process ends.
    """
    loop = asyncio.get_running_loop()
    ours, theirs = SPAWN.Pipe()
    pool = ProcessPoolExecutor(1, SPAWN, _begin, (theirs,))
    steps = asyncio.to_thread(_hear, ours, lambda step: loop.call_soon_threadsafe(told, step))
    with ours:
        hearing = asyncio.create_task(steps)
        try:
            with theirs, _deaf_to_ctrl_c():
                work = loop.run_in_executor(pool, partial(_train, data_dir, condition, options))
            return await work
        except BrokenProcessPool as error:
            raise OSError("the process that trains was killed") from error
        except asyncio.CancelledError:
            _kill(pool)
            raise
        finally:
            await asyncio.to_thread(pool.shutdown)
            await hearing


@contextlib.contextmanager
def _deaf_to_ctrl_c() -> Iterator[None]:
    """Let processes that begin meanwhile never get Ctrl-C, which is the server's; not so on Windows."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _hear(connection: Connection, told: Callable[[Step], object]) -> None:
    """Tell of each step that comes, until the other end is closed."""
    with contextlib.suppress(EOFError, OSError):
        while True:
            told(connection.recv())


def _kill(pool: ProcessPoolExecutor) -> None:
    """End a pool's processes, also one that is stopped, or waits for a disk, and would hear nothing."""
    for process in [*pool._processes.values()]:  # kill_workers() is from Python 3.14 on
        process.kill()


def _begin(server: Connection) -> None:
    """Prepare the process, which this is called in."""
    global _server
    _server = server
    threading.Thread(target=_end_with, args=(server,), daemon=True).start()


def _end_with(server: Connection) -> None:
    """End the process as soon as the server is gone."""
    with contextlib.suppress(EOFError, OSError):
        server.recv()
    os._exit(1)


def _train(data_dir: Path, condition: str, options: dict[str, Any]) -> Trained:
    from judder.training.train import train  # SciPy, which the server itself does without

    model = train(data_dir, [condition], progress=_server.send, **options)
    return model.data, (*model.notes, *model.warnings, *model.oddities())
