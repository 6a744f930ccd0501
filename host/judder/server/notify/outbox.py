"""Messages on their way: on disk until their channel has delivered them, in order, however often it takes."""

import asyncio
import contextlib
import random
import sqlite3
from collections.abc import Callable
from typing import Any

import structlog

from judder.server.notify.channels import Channel, DeliveryError, RefusedError
from judder.server.notify.message import from_json
from judder.server.storage.sqlite import Store

FIRST_PAUSE_S, LONGEST_PAUSE_S = 1.0, 300.0
LOOK_EVERY_S = 2.0
GIVE_UP_AFTER_US = 7 * 86_400_000_000
"""A week: what is older is news to nobody."""
NEXT = (
    "SELECT * FROM outbox WHERE channel = ? AND delivered_us IS NULL AND given_up_us IS NULL"
    " ORDER BY id LIMIT 1"
)

log = structlog.get_logger()


class Courier:
    """Carries one channel's messages, the oldest first: nobody hears of a recovery before the fault."""

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
                    await asyncio.wait_for(self._wake.wait(), LOOK_EVERY_S)
                self._wake.clear()

    async def carry_next(self) -> bool:
        """Try the oldest message if it is due; return whether it is worth looking for another at once."""
        rows = await self._store.query(NEXT, self.channel.name)
        if not rows or rows[0]["due_us"] > self._clock_us():
            return False
        letter = rows[0]
        try:
            await self.channel.deliver(from_json(letter["message"]))
        except DeliveryError as error:
            return await self._failed(letter, error)
        self.delivered += 1
        await self._store.write(
            "UPDATE outbox SET delivered_us = ?, attempts = attempts + 1, error = NULL WHERE id = ?",
            *(self._clock_us(), letter["id"]),
        )
        return True

    async def _failed(self, letter: dict[str, Any], error: DeliveryError) -> bool:
        """Put the letter back for later, or give it up; return whether the next one may go."""
        now_us, attempts = self._clock_us(), letter["attempts"] + 1
        gives_up = isinstance(error, RefusedError) or now_us - letter["created_us"] > GIVE_UP_AFTER_US
        log.warning(
            "alert_given_up" if gives_up else "alert_not_delivered",
            channel=self.channel.name,
            attempts=attempts,
            why=str(error),
        )
        self.given_up += gives_up
        await self._store.write(
            "UPDATE outbox SET attempts = ?, due_us = ?, error = ?, given_up_us = ? WHERE id = ?",
            *(attempts, now_us + pause_us(attempts), str(error), now_us if gives_up else None, letter["id"]),
        )
        return gives_up


def pause_us(attempts: int) -> int:
    """Return how long to wait after so many failures: longer each time, up to 5 minutes, unevenly."""
    pause_s = min(FIRST_PAUSE_S * 2.0 ** min(attempts - 1, 16), LONGEST_PAUSE_S)
    return int(pause_s * random.uniform(0.75, 1.25) * 1e6)


def prune(connection: sqlite3.Connection, now_us: int) -> None:
    """Forget what is too old to be tried, delivered or not."""
    connection.execute("DELETE FROM outbox WHERE created_us < ?", (now_us - GIVE_UP_AFTER_US,))
