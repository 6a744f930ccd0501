"""Who may be connected, and who goes when it gets full: those that only wait never shut out a board."""

import asyncio
import heapq
from collections import defaultdict
from collections.abc import Callable, Iterable

import structlog

from judder.server.edge.connection import Connection

LOOK_EVERY_S = 1.0
ROOM = 16
"""One in so many goes at once: looking for them is what costs."""

log = structlog.get_logger()


class Gate:
    """Holds every connection. most: in all; most_per_address: of one address, unless is_proxy says that many
    people come by it.
    """

    def __init__(self, most: int, most_per_address: int, is_proxy: Callable[[str], bool]) -> None:
        self._most = most
        self._most_per_address = most_per_address
        self._is_proxy = is_proxy
        self._all: set[Connection] = set()
        self._at: defaultdict[str, set[Connection]] = defaultdict(set)

    def __len__(self) -> int:
        return len(self._all)

    def admit(self, connection: Connection) -> bool:
        """Return whether connection may come in; where it is full, others that only wait make room for it."""
        at_address = self._at[connection.address]
        is_crowd = len(at_address) >= self._most_per_address and not self._is_proxy(connection.address)
        is_full = len(self._all) >= self._most
        if is_crowd or is_full:
            log.warning("connections_full", open=len(self._all), address=connection.address)
            if not self.make_room(at_address if is_crowd else self._all):
                return False
        self._all.add(connection)
        self._at[connection.address].add(connection)
        return True

    def leave(self, connection: Connection) -> None:
        """Forget connection, which has ended; it may be forgotten already."""
        self._all.discard(connection)
        at_address = self._at.get(connection.address, set())
        at_address.discard(connection)
        if not at_address:
            self._at.pop(connection.address, None)

    def make_room(self, among: Iterable[Connection] | None = None) -> bool:
        """Show out those that never asked for anything, the oldest first; where there are none, whoever was
        longest silent between two requests. Return whether anybody went.
        """
        waiting = [each for each in (self._all if among is None else among) if each.is_waited_for]
        strangers = [each for each in waiting if not each.was_served]
        many = 1 + len(strangers) // ROOM
        going = heapq.nsmallest(many, strangers, key=lambda each: each.opened)
        self._show_out(going or heapq.nsmallest(1, waiting, key=lambda each: each.heard))
        return bool(waiting)

    async def watch(self) -> None:
        """Show out whatever takes too long, for ever."""
        while True:
            await asyncio.sleep(LOOK_EVERY_S)
            now = asyncio.get_running_loop().time()
            self._show_out([each for each in self._all if each.is_overdue(now)])

    def _show_out(self, going: Iterable[Connection]) -> None:
        for connection in going:
            self.leave(connection)
            connection.show_out()
