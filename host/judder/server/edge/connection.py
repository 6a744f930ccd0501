"""One connection, as aiohttp has it, and what may be known of it without a word to its handlers."""

import asyncio
from collections.abc import Callable
from typing import Any

from aiohttp import web

IDLE_S = 75.0
"""Between two requests of a connection. Proxies keep theirs for 60 s."""
HEAD_S = 20.0
"""From the beginning of a connection to the end of its first head."""
BODY_S = 30.0
"""From the end of a head to the end of its body."""
LINGER_S = 3.0
"""From an answer to the end of a body that nobody read."""


class Connection(web.RequestHandler):
    """A connection from its first moment on, before TLS has shaken hands. on_end: called with it, once.

    What aiohttp keeps to itself of what it waits for is read here and nowhere else.
    """

    __slots__ = ("_awaited", "_awaited_since", "_on_end", "address", "arriving", "opened")

    def __init__(self, server: web.Server, address: str, on_end: Callable[["Connection"], None]) -> None:
        loop = asyncio.get_running_loop()
        super().__init__(
            server,
            loop=loop,
            keepalive_timeout=IDLE_S,
            access_log=None,  # type: ignore[arg-type]  # it takes None, and says nothing then
            auto_decompress=False,
            lingering_time=LINGER_S,
        )
        self.address = address
        self.opened = loop.time()
        self.arriving: asyncio.Task[None] | None = None
        self._on_end = on_end
        self._awaited: Any = None
        self._awaited_since = 0.0

    def connection_lost(self, exc: BaseException | None) -> None:
        super().connection_lost(exc)
        self._on_end(self)

    @property
    def was_served(self) -> bool:
        """Whether it ever asked for anything, whole."""
        return self._request_count > (self._current_request is not None)

    @property
    def is_waited_for(self) -> bool:
        """Whether the next word is the other side's: it may be shown out, and costs nobody an answer."""
        return self.transport is None or self._waiter is not None or self._lacks_body

    @property
    def heard(self) -> float:
        """When it was answered last, or came; only fit to be compared."""
        return self._next_keepalive_close_time

    @property
    def _lacks_body(self) -> bool:
        return self._current_request is not None and not self._current_request.content.is_eof()

    def is_overdue(self, now: float) -> bool:
        """Return whether its first head, or a body, takes too long. To be asked every second or so."""
        if not self.was_served and not self._current_request:
            return now - self.opened > HEAD_S
        request = self._current_request if self._lacks_body else None
        if request is not self._awaited:
            self._awaited, self._awaited_since = request, now
        return request is not None and now - self._awaited_since > BODY_S

    def show_out(self) -> None:
        """End it at once, whatever it is in the middle of."""
        if self.transport:
            self.transport.abort()
        elif self.arriving:
            self.arriving.cancel()
