"""Problems of health become messages: each once, its end once, and a problem that comes and goes is one.

A problem is told when it has lasted for a while, and is over after the cool-down of incidents. What is due of
one kind is one message: a hall of boards behind a dead router is no flood. All is on disk with the outbox;
where the disk takes nothing, messages wait in memory, and say so.
"""

import asyncio
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from itertools import groupby

from judder.server.notify.message import PROBLEM, SOLVED, Message, make_key
from judder.server.notify.outbox import Courier
from judder.server.services.health import BLIND, Health
from judder.server.services.problem import SILENT
from judder.server.storage.rows import Trouble
from judder.server.storage.store import Store, StoreError, Unit

LOOK_EVERY_S = 2.0
LASTS_US = 10_000_000
LASTS_OF_KIND_US = {SILENT: 60_000_000}
"""After a start of the server every board is silent until it reports."""
IN_MEMORY = "The disk takes nothing: this message is kept in memory only."

Key = tuple[str, str]


class Troubles:
    """What people know of health's problems. cooldown_us: calm that ends one. url: the page's."""

    def __init__(
        self,
        store: Store,
        health: Health,
        couriers: Sequence[Courier],
        clock_us: Callable[[], int],
        cooldown_us: int,
        url: str,
    ) -> None:
        self._store = store
        self._health = health
        self._couriers = couriers
        self._clock_us = clock_us
        self._cooldown_us = cooldown_us
        self._url = url
        self._known: dict[Key, Trouble] | None = None
        self._unsaved: set[Key] = set()

    async def run(self) -> None:
        """Tell until cancelled."""
        if self._known is None:
            troubles = await self._store.read(lambda unit: unit.troubles.all())
            self._known = {(each.kind, each.about): each for each in troubles}
        while True:
            await self.follow()
            await asyncio.sleep(LOOK_EVERY_S)

    async def follow(self) -> None:
        """Compare what is known with what is wrong, and tell what is due."""
        known, now_us = self._known or {}, self._clock_us()
        before, self._known = known, self._compared(known, now_us)
        told = [each for each in self._known.values() if self._is_due(each, now_us)]
        over = [each for each in self._known.values() if self._is_over(each, now_us)]
        for trouble in told:
            self._known[trouble.kind, trouble.about] = replace(trouble, told_us=now_us)
        for trouble in over:
            del self._known[trouble.kind, trouble.about]
        changed = before.items() ^ self._known.items()
        self._unsaved |= {key for key, _ in changed}
        messages = [*self._messages(PROBLEM, told), *self._messages(SOLVED, over)]
        if messages or self._unsaved:
            await self._post(messages, now_us)

    def _compared(self, known: dict[Key, Trouble], now_us: int) -> dict[Key, Trouble]:
        """Return known with what is wrong now, less what was over before anybody was told."""
        wrong = {problem.key: problem for problem in self._health.problems()}
        found = {}
        for key, problem in wrong.items():
            trouble = known.get(key) or Trouble(*key, problem.sentence, now_us)
            is_told = trouble.told_us is not None
            sentence = trouble.sentence if is_told else problem.sentence
            found[key] = replace(trouble, sentence=sentence, ended_us=None)
        for key in known.keys() - wrong.keys():
            if known[key].told_us is not None:
                found[key] = replace(known[key], ended_us=known[key].ended_us or now_us)
        return found

    def _is_due(self, trouble: Trouble, now_us: int) -> bool:
        lasts_us = LASTS_OF_KIND_US.get(trouble.kind, LASTS_US)
        return trouble.told_us is None and now_us - trouble.since_us >= lasts_us

    def _is_over(self, trouble: Trouble, now_us: int) -> bool:
        return trouble.ended_us is not None and now_us - trouble.ended_us >= self._cooldown_us

    def _messages(self, kind: str, troubles: Iterable[Trouble]) -> list[Message]:
        """Return one message for the troubles of each kind."""
        alike = groupby(sorted(troubles, key=lambda each: (each.kind, each.since_us)), lambda each: each.kind)
        return [self._message(kind, of_kind, list(some)) for of_kind, some in alike]

    def _message(self, kind: str, of_kind: str, troubles: Sequence[Trouble]) -> Message:
        return Message(
            make_key(),
            kind,
            self._clock_us(),
            started_us=troubles[0].since_us,
            problem=of_kind,
            sentences=tuple(each.sentence for each in troubles),
            url=self._url,
        )

    async def _post(self, messages: Sequence[Message], now_us: int) -> None:
        """Put messages into the outbox, with what is known; into memory where the disk takes nothing."""
        keys, known = set(self._unsaved), dict(self._known or {})
        channels = [courier.channel.name for courier in self._couriers]

        def post(unit: Unit) -> None:
            for message in messages:
                about, is_end = f"health-{message.problem}", message.kind == SOLVED
                unit.outbox.post(message.key, channels, message.to_json(), now_us, about, is_end)
            for key in keys:
                _keep(unit, key, known.get(key))

        try:
            if self._health.status == BLIND:
                raise StoreError(IN_MEMORY)
            await self._store.write(post)
            self._unsaved -= keys
        except StoreError:
            for courier in self._couriers:
                for message in messages:
                    courier.hold(replace(message, sentences=(*message.sentences, IN_MEMORY)))
        for courier in self._couriers if messages else ():
            courier.wake()


def _keep(unit: Unit, key: Key, trouble: Trouble | None) -> None:
    if trouble is None:
        unit.troubles.drop(*key)
    else:
        unit.troubles.save(trouble)
