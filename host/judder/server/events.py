"""What happens, told to whoever listens: pages over HTTP, and parts of this server.

    with app[EVENTS].subscribe("alert") as alerts:
        async for alert in alerts:
            ...

kinds: `window` (one was judged and stored), `board` (one reported, or went silent), `alert` (one began, ended
or was acknowledged), `recording`, `model`. A listener that falls behind costs the server nothing: its queue
is bounded, and when it is full it is emptied and one `resync` put in its place: ask anew for all you show.
"""

import asyncio
import contextlib
import itertools
import json
from collections import deque
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from aiohttp import web

from judder.server.keys import CLOCK_US, EVENTS

MOST_KEPT = 4096
"""Events a page can catch up with: 20 s of 200 boards, an hour of one."""
MOST_WAITING = 2048
GATHER_S = 0.2
"""What happens within this time goes out in one piece: one write a page, not one an event."""
IDLE_S = 5.0
STALLED_S = 20.0
"""A page that takes nothing for so long is cut off; it comes back by itself when it wakes."""


@dataclass(frozen=True)
class Event:
    """id: "" for those that cannot be caught up with."""

    id: str
    kind: str
    data: dict[str, Any]

    @cached_property
    def encoded(self) -> bytes:
        """The event as a page gets it, made once for all pages."""
        name = f"id: {self.id}\n" if self.id else ""
        data = json.dumps(self.data, allow_nan=False, separators=(",", ":"))
        return f"{name}event: {self.kind}\ndata: {data}\n\n".encode()


RESYNC = Event("", "resync", {})


class Subscription:
    """One listener's queue. Iterate over it, or take() what waits; it ends when the server does."""

    def __init__(self, kinds: tuple[str, ...], backlog: list[Event]) -> None:
        self.ended = False
        self._kinds = kinds
        self._waiting: deque[Event] = deque()
        self._wake = asyncio.Event()
        for event in backlog:
            self.offer(event)

    def offer(self, event: Event) -> None:
        if self._kinds and event.kind not in (*self._kinds, RESYNC.kind):
            return
        if len(self._waiting) >= MOST_WAITING:
            self._waiting.clear()
            self._waiting.append(RESYNC)
        self._waiting.append(event)
        self._wake.set()

    async def take(self, timeout_s: float | None = None) -> list[Event]:
        """Return all that waits, as soon as anything does; nothing after timeout_s."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._wake.wait(), timeout_s)
        self._wake.clear()
        taken = list(self._waiting)
        self._waiting.clear()
        return taken

    def end(self) -> None:
        self.ended = True
        self._wake.set()

    async def __aiter__(self) -> AsyncIterator[Event]:
        while not self.ended:
            for event in await self.take():
                yield event


class Events:
    """The bus. run: tells this life of the server from another, in the events' ids."""

    def __init__(self, run: str) -> None:
        self._run = run
        self._number = 0
        self._kept: deque[Event] = deque(maxlen=MOST_KEPT)
        self._subscriptions: set[Subscription] = set()

    def publish(self, kind: str, data: dict[str, Any]) -> None:
        """Tell all listeners; returns at once. data must not change afterwards."""
        self._number += 1
        event = Event(f"{self._run}-{self._number}", kind, data)
        self._kept.append(event)
        for subscription in self._subscriptions:
            subscription.offer(event)

    @contextlib.contextmanager
    def subscribe(self, *kinds: str, since: str | None = None) -> Iterator[Subscription]:
        """Listen to kinds, all unless given. since: the last event's id that the listener knows, "" for none;
        it first gets what came after it, or a `resync` where that is no longer known.
        """
        subscription = Subscription(kinds, [] if since is None else self._since(since))
        self._subscriptions.add(subscription)
        try:
            yield subscription
        finally:
            self._subscriptions.discard(subscription)

    def _since(self, last_id: str) -> list[Event]:
        missed = list(itertools.takewhile(lambda event: event.id != last_id, reversed(self._kept)))
        if len(missed) == len(self._kept) or len(missed) > MOST_WAITING:
            return [RESYNC]
        return missed[::-1]

    def end(self) -> None:
        """Let every listener end."""
        for subscription in self._subscriptions:
            subscription.end()


async def get_events(request: web.Request) -> web.StreamResponse:
    """Stream events to a page. Last-Event-ID: where it left off."""
    response = web.StreamResponse(headers={"Content-Type": "text/event-stream", "Cache-Control": "no-store"})
    await response.prepare(request)
    with request.app[EVENTS].subscribe(since=request.headers.get("Last-Event-ID", "")) as subscription:
        while not subscription.ended:
            events = await subscription.take(IDLE_S)
            now = Event("", "time", {"server_time_us": request.app[CLOCK_US]()})
            try:
                async with asyncio.timeout(STALLED_S):
                    await response.write(b"".join(event.encoded for event in [*events, now]))
            except (TimeoutError, ConnectionError):
                if request.transport:
                    request.transport.abort()
                break
            await asyncio.sleep(GATHER_S)
    return response
