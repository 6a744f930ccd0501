"""The messenger: wakes at alerts, has what is due written to the outbox, and wakes the couriers.

What an event says does not matter, a `resync` in its place is as good: what is due is decided from the disk.
"""

import contextlib
from collections.abc import Callable, Iterator, Sequence
from functools import partial

from judder.server.notify import incidents, outbox
from judder.server.notify.channel import Channel
from judder.server.notify.house import House
from judder.server.notify.letters import Letters
from judder.server.notify.outbox import Courier
from judder.server.services.supervise import Work
from judder.server.storage.store import Store, StoreError, Unit

LOOK_EVERY_S = 2.0
"""Reminders and recoveries come due without an event."""


class Messenger:
    """Runs while the server does. Without channels it still follows incidents: none is old news later."""

    def __init__(
        self,
        store: Store,
        channels: Sequence[Channel],
        rules: incidents.Rules,
        house: House,
        clock_us: Callable[[], int],
    ) -> None:
        self.couriers = [Courier(channel, store, clock_us) for channel in channels]
        self.letters = Letters(store, self.couriers, clock_us)
        self._store = store
        self._house = house
        self._rules = rules
        self._clock_us = clock_us

    def works(self) -> Iterator[tuple[str, Work]]:
        """Yield what has to run while the server does, each with its name."""
        yield "messages", self._follow_forever
        for courier in self.couriers:
            name = courier.channel.name
            yield f"courier of {name}", courier.run
            yield f"channel {name}", partial(courier.channel.run, self._house)

    async def _follow_forever(self) -> None:
        oldest_us = self._clock_us() - outbox.GIVE_UP_AFTER_US
        with contextlib.suppress(StoreError):
            await self._store.write(lambda unit: unit.outbox.prune(oldest_us))
        with self._house.events.subscribe("alert") as alerts:
            while not alerts.ended:
                with contextlib.suppress(StoreError):  # health tells of it; it is tried again
                    if await self._store.write(self._follow):
                        for courier in self.couriers:
                            courier.wake()
                    await self.letters.refresh()
                await alerts.take(LOOK_EVERY_S)

    def _follow(self, unit: Unit) -> int:
        names = [courier.channel.name for courier in self.couriers]
        return incidents.follow(unit, self._rules, names, self._clock_us())
