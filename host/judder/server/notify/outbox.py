"""Messages on their way: on disk until their channel has delivered them, in order, however often it takes.

Whatever is wrong with one message holds up no other: one that nobody can make or send is set aside, on disk,
for people to send again or drop. Messages of one incident stay in order; others may pass one that waits.
"""

import asyncio
import contextlib
import random
import time
from collections import deque
from collections.abc import Callable, Iterator

import structlog

from judder.server.notify.channel import Channel, DeliveryError, RefusedError
from judder.server.notify.message import Message, from_json
from judder.server.services.problem import MESSAGES, Problem
from judder.server.storage.rows import Letter
from judder.server.storage.store import Store, StoreError, Unit

FIRST_PAUSE_S, LONGEST_PAUSE_S = 1.0, 300.0
LOOK_EVERY_S = 2.0
GIVE_UP_AFTER_US = 7 * 86_400_000_000
"""A week: what is older is news to nobody."""
MOST_ODD_TRIES = 3
"""Of a message that fails in a way that nobody foresaw."""
MOST_TRIES = 8
"""Of a message that the receiver does not take while it takes others."""
MOST_HELD = 100
"""Messages in memory while the disk takes none; the oldest go first."""
LATE_US = 300_000_000
"""A message that waits for longer is told as a problem."""

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
        self._held: deque[Message] = deque(maxlen=MOST_HELD)
        self._unnoted: dict[int, Callable[[Unit], None]] = {}  # by letter: what became of it
        self._failed_first: dict[int, int] = {}  # when each letter that waits did, as a count of deliveries
        self._failures = 0
        self._rest_until_s = 0.0
        self._waiting_since_us: int | None = None
        self._error = ""

    def wake(self) -> None:
        """Say that there is something new to carry."""
        self._wake.set()

    def hold(self, message: Message) -> None:
        """Carry a message that the disk did not take."""
        self._held.append(message)
        self.wake()

    async def run(self) -> None:
        """Deliver for ever. What waits from before is due at once: the clock may be another."""
        now_us = self._clock_us()
        with contextlib.suppress(StoreError):
            await self._store.write(lambda unit: unit.outbox.hurry(self.channel.name, now_us))
        while True:
            if not await self.carry_next():
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(LOOK_EVERY_S):
                        await self._wake.wait()
                self._wake.clear()

    async def carry_next(self) -> bool:
        """Try the message that has been due the longest; return whether to look for another at once."""
        if time.monotonic() < self._rest_until_s:
            return False
        if self._held:
            return await self._carry_held()
        with contextlib.suppress(StoreError):
            await self._note_all()
        try:
            letter = await self._store.read(self._next)
        except StoreError:  # health tells it; the disk is looked at again
            return False
        if letter is None:
            self._waiting_since_us = None
            return False
        self._waiting_since_us = letter.created_us
        return await self._carry(letter)

    def problems(self) -> Iterator[Problem]:
        """Yield why messages wait, where they do for long, or in memory."""
        name, since_us = self.channel.name, self._waiting_since_us
        if self._held:
            sentence = f"{len(self._held)} messages to {name} wait in memory: the disk does not take them."
            yield Problem(MESSAGES, f"{name} held", sentence)
        if since_us is not None and self._clock_us() - since_us > LATE_US:
            why = f": {self._error}" if self._error else ": it does not answer."
            yield Problem(MESSAGES, name, f"Messages to {name} do not go out{why}", severe=True)

    def _next(self, unit: Unit) -> Letter | None:
        return unit.outbox.next(self.channel.name, self._clock_us(), tuple(self._unnoted))

    async def _carry_held(self) -> bool:
        try:
            await self.channel.deliver(self._held[0])
        except DeliveryError as error:
            self._rest(error)
            if not isinstance(error, RefusedError):
                return False
        except Exception as error:
            log.error("alert_given_up", channel=self.channel.name, exc_info=error)
            self.given_up += 1
        else:
            self.delivered += 1
            self._rest(None)
        self._held.popleft()
        return True

    async def _carry(self, letter: Letter) -> bool:
        """Deliver letter, put it back for later, or set it aside; return whether the next one may go."""
        try:
            await self.channel.deliver(from_json(letter.message))
        except Exception as error:  # the next message must go out, whatever is wrong with this one
            return await self._failed(letter, error)
        self._rest(None)
        self._failed_first.pop(letter.id, None)
        now_us = self._clock_us()
        await self._note(letter, lambda unit: unit.outbox.delivered(letter.id, now_us))
        self.delivered += 1  # not before: what is delivered waits no more
        return True

    async def _failed(self, letter: Letter, error: Exception) -> bool:
        if not isinstance(error, DeliveryError):
            log.error("alert_failed", channel=self.channel.name, letter=letter.id, exc_info=error)
        if self._is_hopeless(letter, error):
            return await self._set_aside(letter, error)
        self._rest(error)
        attempts, due_us = letter.attempts + 1, self._clock_us() + pause_us(letter.attempts + 1)
        log.warning("alert_not_delivered", channel=self.channel.name, attempts=attempts, why=str(error))
        await self._note(letter, lambda unit: unit.outbox.failed(letter.id, _why(error), due_us, None))
        return not isinstance(error, DeliveryError)

    def _is_hopeless(self, letter: Letter, error: Exception) -> bool:
        """Return whether it is the message that fails, and not the receiver."""
        attempts = letter.attempts + 1
        first = self._failed_first.setdefault(letter.id, self.delivered)
        if isinstance(error, RefusedError) or self._clock_us() - letter.created_us > GIVE_UP_AFTER_US:
            return True
        if isinstance(error, DeliveryError):
            return attempts >= MOST_TRIES and self.delivered > first
        return attempts >= MOST_ODD_TRIES

    async def _set_aside(self, letter: Letter, error: Exception) -> bool:
        log.warning("alert_given_up", channel=self.channel.name, letter=letter.id, why=_why(error))
        self.given_up += 1
        self._failed_first.pop(letter.id, None)
        now_us = self._clock_us()
        await self._note(letter, lambda unit: unit.outbox.failed(letter.id, _why(error), now_us, now_us))
        return True

    def _rest(self, error: Exception | None) -> None:
        """Leave the receiver alone for a while where it did not take a message."""
        self._failures = self._failures + 1 if isinstance(error, DeliveryError) else 0
        self._error = _why(error) if error else ""
        pause_s = pause_us(self._failures) / 1e6 if self._failures else 0.0
        self._rest_until_s = time.monotonic() + pause_s

    async def _note(self, letter: Letter, work: Callable[[Unit], None]) -> None:
        """Note on disk what became of letter; a full disk is told later, and the letter not sent again."""
        self._unnoted[letter.id] = work
        with contextlib.suppress(StoreError):
            await self._note_all()

    async def _note_all(self) -> None:
        unnoted = dict(self._unnoted)
        if unnoted:
            await self._store.write(lambda unit: _do(unit, [*unnoted.values()]))
        for number in unnoted:
            self._unnoted.pop(number, None)


def _do(unit: Unit, works: list[Callable[[Unit], None]]) -> None:
    for work in works:
        work(unit)


def _why(error: Exception) -> str:
    return str(error) if isinstance(error, DeliveryError) else f"{type(error).__name__}: {error}"


def pause_us(attempts: int) -> int:
    """Return how long to wait after so many failures: longer each time, up to 5 minutes, unevenly."""
    pause_s = min(FIRST_PAUSE_S * 2.0 ** min(attempts - 1, 16), LONGEST_PAUSE_S)
    return int(pause_s * random.uniform(0.75, 1.25) * 1e6)
