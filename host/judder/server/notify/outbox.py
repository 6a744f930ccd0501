"""Messages on their way: on disk until their channel has delivered them, in order, however often it takes."""

import asyncio
import contextlib
import random
from collections.abc import Callable

import structlog

from judder.server.notify.channel import Channel, DeliveryError, RefusedError
from judder.server.notify.message import from_json
from judder.server.storage.rows import Letter
from judder.server.storage.store import Store

FIRST_PAUSE_S, LONGEST_PAUSE_S = 1.0, 300.0
LOOK_EVERY_S = 2.0
GIVE_UP_AFTER_US = 7 * 86_400_000_000
"""A week: what is older is news to nobody."""

log = structlog.get_logger()


class Courier:
    """Carries one channel's messages, the oldest first: nobody hears of a recovery before the alert."""

    def __init__(self, channel: Channel, store: Store, clock_us: Callable[[], int]) -> None:
        self.channel = channel
        self.delivered = 0
        self.given_up = 0
        self._store = store
        self._clock_us = clock_us
        self._wake = asyncio.Event()

    def wake(self) -> None:
        """Say that there is something new to carry."""
        self._wake.set()

    async def run(self) -> None:
        """Deliver for ever."""
        while True:
            if not await self.carry_next():
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(LOOK_EVERY_S):
                        await self._wake.wait()
                self._wake.clear()

    async def carry_next(self) -> bool:
        """Try the oldest message if it is due; return whether it is worth looking for another at once."""
        letter = await self._store.read(lambda unit: unit.outbox.next(self.channel.name))
        if letter is None or letter.due_us > self._clock_us():
            return False
        try:
            await self.channel.deliver(from_json(letter.message))
        except DeliveryError as error:
            return await self._failed(letter, error)
        now_us = self._clock_us()
        await self._store.write(lambda unit: unit.outbox.delivered(letter.id, now_us))
        self.delivered += 1
        return True

    async def _failed(self, letter: Letter, error: DeliveryError) -> bool:
        """Put the letter back for later, or give it up; return whether the next one may go."""
        now_us, attempts = self._clock_us(), letter.attempts + 1
        gives_up = isinstance(error, RefusedError) or now_us - letter.created_us > GIVE_UP_AFTER_US
        log.warning(
            "alert_given_up" if gives_up else "alert_not_delivered",
            channel=self.channel.name,
            attempts=attempts,
            why=str(error),
        )
        self.given_up += gives_up
        due_us, given_up_us = now_us + pause_us(attempts), now_us if gives_up else None
        await self._store.write(lambda unit: unit.outbox.failed(letter.id, str(error), due_us, given_up_us))
        return gives_up


def pause_us(attempts: int) -> int:
    """Return how long to wait after so many failures: longer each time, up to 5 minutes, unevenly."""
    pause_s = min(FIRST_PAUSE_S * 2.0 ** min(attempts - 1, 16), LONGEST_PAUSE_S)
    return int(pause_s * random.uniform(0.75, 1.25) * 1e6)
