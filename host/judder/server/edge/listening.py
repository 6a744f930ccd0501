"""Connections are taken in here, one by one, and counted before a byte of theirs is read."""

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator
from functools import partial

import structlog
from aiohttp import web

from judder.server.edge.connection import Connection
from judder.server.edge.gate import Gate
from judder.server.edge.tls import Certificate
from judder.server.services.supervise import Tasks, Work

BACKLOG = 512
AT_ONCE = 8
"""Connections taken in before whoever is connected has a turn."""
RETRY_S = 0.2
HANDSHAKE_S = 10.0

log = structlog.get_logger()


async def listen(host: str, port: int) -> list[socket.socket]:
    """Return sockets that listen at each address of host, all at one port; 0 takes a free one.

    Raises OSError.
    """
    loop = asyncio.get_running_loop()
    found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    with contextlib.ExitStack() as opened:
        listeners: list[socket.socket] = []
        for family, *_, address in dict.fromkeys(found):
            at = (address[0], port or (listeners[0].getsockname()[1] if listeners else 0))
            listeners.append(opened.enter_context(socket.create_server(at, family=family, backlog=BACKLOG)))
            listeners[-1].setblocking(False)
        opened.pop_all()
    return listeners


class Door:
    """Lets connections in from listeners, through gate, to server. tls: None for none. tasks: run it."""

    def __init__(self, server: web.Server, gate: Gate, tls: Certificate | None, tasks: Tasks) -> None:
        self._tasks = tasks
        self._server = server
        self._gate = gate
        self._tls = tls

    @contextlib.asynccontextmanager
    async def open(self, listeners: list[socket.socket]) -> AsyncIterator[None]:
        """Take in whatever comes, until the end of the block."""
        works: dict[str, Work] = {
            f"door {number}": partial(self._accept, each) for number, each in enumerate(listeners)
        }
        works["connections"] = self._gate.watch
        if self._tls:
            works["certificate"] = self._tls.watch
        tasks = [self._tasks.supervise(name, work) for name, work in works.items()]
        try:
            yield
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            for listener in listeners:
                listener.close()

    async def _accept(self, listener: socket.socket) -> None:
        loop, taken = asyncio.get_running_loop(), 0
        while True:
            try:
                arrived, (address, *_) = await loop.sock_accept(listener)
            except OSError as error:  # no file is left, as a rule
                log.error("accept_failed", error=error.strerror)
                self._gate.make_room()
                await asyncio.sleep(RETRY_S)
                continue
            self._enter(arrived, address)
            taken += 1
            if taken % AT_ONCE == 0:
                await asyncio.sleep(0)

    def _enter(self, arrived: socket.socket, address: str) -> None:
        connection = Connection(self._server, address, self._gate.leave)
        if self._gate.admit(connection):
            connection.arriving = asyncio.create_task(self._connect(arrived, connection))
        else:
            arrived.close()

    async def _connect(self, arrived: socket.socket, connection: Connection) -> None:
        """Give connection its socket, through TLS where that is wanted."""
        how = {"ssl": self._tls.context, "ssl_handshake_timeout": HANDSHAKE_S} if self._tls else {}
        loop = asyncio.get_running_loop()
        try:
            await loop.connect_accepted_socket(lambda: connection, arrived, **how)  # type: ignore[arg-type]
        except (OSError, asyncio.CancelledError):  # it is gone, speaks no TLS, or had to make room
            self._gate.leave(connection)
            arrived.close()
