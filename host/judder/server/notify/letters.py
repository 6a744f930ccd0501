"""Messages that were set aside: listed, told as a problem, sent again or dropped."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from judder.server.notify.message import from_json
from judder.server.notify.outbox import Courier
from judder.server.services.errors import Conflict, NotFound
from judder.server.services.problem import MESSAGES, Problem
from judder.server.storage.rows import Letter
from judder.server.storage.store import Store
from judder.text import visible

UNREADABLE = "(cannot be read)"


class Letters:
    """The set-aside messages of all channels, as refresh() found them last."""

    def __init__(self, store: Store, couriers: Sequence[Courier], clock_us: Callable[[], int]) -> None:
        self._store = store
        self._couriers = couriers
        self._clock_us = clock_us
        self._set_aside: list[Letter] = []

    async def refresh(self) -> list[dict[str, Any]]:
        """Look at the disk; return the messages for people, the oldest first."""
        self._set_aside = await self._store.read(lambda unit: unit.outbox.set_aside())
        return [_to_dict(letter) for letter in self._set_aside]

    async def send_again(self, number: int) -> dict[str, Any]:
        """Let message number be tried anew.

        Raises NotFound, and Conflict where a newer one about the same went out.
        """
        letter = await self._find(number)
        if await self._store.read(lambda unit: unit.outbox.is_overtaken(number)):
            raise Conflict(
                f"A newer message about the same as {number} was delivered: it would come too late.",
                hint=f"Drop it: judder alerts drop {number}",
            )
        now_us = self._clock_us()
        await self._store.write(lambda unit: unit.outbox.again(number, now_us))
        for courier in self._couriers:
            courier.wake()
        await self.refresh()
        return _to_dict(letter)

    async def drop(self, number: int) -> dict[str, Any]:
        """Forget message number. Raises NotFound."""
        letter = await self._find(number)
        await self._store.write(lambda unit: unit.outbox.drop(number))
        await self.refresh()
        return _to_dict(letter)

    def problems(self) -> Iterator[Problem]:
        """Yield one problem per channel that set messages aside, and what its courier says."""
        for courier in self._couriers:
            yield from courier.problems()
            name = courier.channel.name
            aside = [letter for letter in self._set_aside if letter.channel == name]
            if aside:
                what = "1 message" if len(aside) == 1 else f"{len(aside)} messages"
                sentence = f"{what} to {name} could not be sent: judder alerts list says why."
                yield Problem(MESSAGES, f"{name} set aside", sentence, aside[-1].given_up_us or 0)

    async def _find(self, number: int) -> Letter:
        await self.refresh()
        for letter in self._set_aside:
            if letter.id == number:
                return letter
        raise NotFound(f"No message {number} was set aside.", hint="GET /api/v1/messages")


def _to_dict(letter: Letter) -> dict[str, Any]:
    return {
        "number": letter.id,
        "channel": letter.channel,
        "subject": _subject(letter),
        "created_us": letter.created_us,
        "set_aside_us": letter.given_up_us,
        "attempts": letter.attempts,
        "error": visible(letter.error or ""),
    }


def _subject(letter: Letter) -> str:
    """Return the subject of a message which may be what could not be made."""
    try:
        return from_json(letter.message).subject
    except Exception:
        return UNREADABLE
