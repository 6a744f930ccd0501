"""A server that runs, for the command line, the demo, tools and tests alike.

async with running(settings) as server:
    ...server.url...
"""

import asyncio
import gc
import logging
import socket
import sys
import time
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from aiohttp import web
from aiohttp.http_exceptions import HttpProcessingError
from aiohttp.log import server_logger

from judder.errors import JudderError
from judder.server.api.keys import TASKS
from judder.server.app import create_app
from judder.server.edge.files import most_connections
from judder.server.edge.forwarded import Proxies, request_maker
from judder.server.edge.gate import Gate
from judder.server.edge.listening import Door, listen
from judder.server.edge.tls import Certificate
from judder.settings import EVERYWHERE, Settings

SHUTDOWN_S = 2.0
"""How long a page that takes nothing may hold up the end."""
LEAST_GARBAGE = 10_000
"""Objects made and not freed, before the collector looks for circles among them; 700 unless told."""


@dataclass(frozen=True)
class RunningServer:
    """app: holds the services, by the keys of server/api/keys. port: a real one, also where 0 was asked."""

    app: web.Application
    settings: Settings
    port: int

    @property
    def url(self) -> str:
        """Where this machine finds it."""
        host = self.settings.listens_on
        host = "localhost" if host in (EVERYWHERE, "127.0.0.1") else host
        return f"{'https' if self.settings.tls_cert else 'http'}://{host}:{self.port}"


@asynccontextmanager
async def running(
    settings: Settings, *, clock: Callable[[], float] = time.time, shutdown_s: float = SHUTDOWN_S
) -> AsyncIterator[RunningServer]:
    """Yield a server that listens, and stop it at the end, with all that waits stored.

    clock: Unix time in seconds. Raises JudderError where its address cannot be listened on.
    """
    server_logger.addFilter(_is_our_fault)
    tls = _certificate(settings)
    runner = web.AppRunner(create_app(settings, clock=clock), shutdown_timeout=shutdown_s)
    await runner.setup()
    server, proxies = runner.server, Proxies(settings.trusted_proxies)
    assert server
    server.request_factory = request_maker(server.request_factory, settings.base_path, proxies)
    try:
        listeners = await _listen(settings)
        tasks = runner.app[TASKS]
        async with Door(server, _gate(settings, proxies), tls, tasks).open(listeners):
            yield RunningServer(runner.app, settings, listeners[0].getsockname()[1])
    finally:
        await runner.cleanup()


def _certificate(settings: Settings) -> Certificate | None:
    if settings.tls_cert and settings.tls_key:
        return Certificate(settings.tls_cert, settings.tls_key)
    if settings.tls_cert or settings.tls_key:
        raise JudderError("tls_cert and tls_key belong together.", hint="Set both, or neither.")
    return None


def _gate(settings: Settings, proxies: Proxies) -> Gate:
    most = most_connections(settings.max_connections)
    return Gate(most, min(settings.max_connections_per_address, most), proxies.trust)


def run(work: Coroutine[Any, Any, None]) -> None:
    """Run a server's work until it ends: on uvloop, where there is one, requests cost half (2026-11-30)."""
    factory = None if sys.platform == "win32" else import_module("uvloop").new_event_loop
    with asyncio.Runner(loop_factory=factory) as runner:
        runner.run(work)


def spare_the_collector() -> None:
    """Have the garbage collector leave alone what is there now: modules and models stay with the server.

    It took a tenth of a window's time, for 300,000 objects that never go (2026-11-30).
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(LEAST_GARBAGE)


def _is_our_fault(record: logging.LogRecord) -> bool:
    """Return whether aiohttp logs more than that something was no HTTP: scans of a network would fill it."""
    return not (record.exc_info and isinstance(record.exc_info[1], HttpProcessingError))


async def _listen(settings: Settings) -> list[socket.socket]:
    try:
        return await listen(settings.listens_on, settings.port)
    except OSError as error:
        raise JudderError(
            f"{settings.listens_on}:{settings.port} cannot be listened on: {error.strerror}.",
            hint="Is another server running? Choose another with --port.",
        ) from error
