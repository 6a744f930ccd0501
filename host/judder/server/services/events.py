"""What happens, told to whoever listens: pages over HTTP, and parts of this server.

    with events.subscribe("alert") as alerts:
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
import time
from collections import deque
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

MOST_KEPT = 4096
"""Events a page can catch up with: 20 s of 200 boards, an hour of one."""
MOST_WAITING = 2048
COMES_BACK_S = 60.0
"""A page whose connection broke is back before."""


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
        self.is_page = False
        self._kinds = kinds
        self._waiting: deque[Event] = deque()
        self._wake = asyncio.Event()
        for event in backlog:
            self.offer(event)

    def wants(self, kind: str) -> bool:
        return not self._kinds or kind in self._kinds or kind == RESYNC.kind

    def offer(self, event: Event) -> None:
        if not self.wants(event.kind):
            return
        if len(self._waiting) >= MOST_WAITING:
            self._waiting.clear()
            self._waiting.append(RESYNC)
        self._waiting.append(event)
        self._wake.set()

    async def take(self, timeout_s: float | None = None) -> list[Event]:
        """Return all that waits, as soon as anything does; nothing after timeout_s."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(timeout_s):
                await self._wake.wait()
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
        self._left_s = -COMES_BACK_S  # when the last listener went

    def wants(self, kind: str) -> bool:
        """Return whether anybody listens to kind, or may come back for what was missed.

        Else it need not be published: a page that comes asks for all there is.
        """
        return any(each.wants(kind) for each in self._subscriptions) or self._may_come_back()

    def _may_come_back(self) -> bool:
        return time.monotonic() - self._left_s < COMES_BACK_S

    def pass_over(self) -> None:
        """Say that something was not published: who comes back nevertheless gets a `resync`."""
        self._kept.clear()

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
        subscription.is_page = since is not None
        self._subscriptions.add(subscription)
        try:
            yield subscription
        finally:
            self._subscriptions.discard(subscription)
            self._left_s = time.monotonic()

    def _since(self, last_id: str) -> list[Event]:
        missed = list(itertools.takewhile(lambda event: event.id != last_id, reversed(self._kept)))
        if len(missed) == len(self._kept) or len(missed) > MOST_WAITING:
            return [RESYNC]
        return missed[::-1]

    @property
    def pages(self) -> int:
        """How many listeners can catch up with what they missed."""
        return sum(subscription.is_page for subscription in self._subscriptions)

    def end(self) -> None:
        """Let every listener end."""
        for subscription in self._subscriptions:
            subscription.end()
