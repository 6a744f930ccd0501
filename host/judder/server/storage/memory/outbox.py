"""Messages on their way, and problems that people were told of."""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import replace

from judder.server.storage.memory.table import Journal, Table
from judder.server.storage.rows import Letter, Trouble


class MemoryOutbox:
    def __init__(self, journal: Journal) -> None:
        self._letters: Table[int, Letter] = Table(journal)
        self._delivered: Table[tuple[str, str], int] = Table(journal)  # the last of a channel about something

    def post(
        self,
        key: str,
        channels: Sequence[str],
        message: str,
        at_us: int,
        about: str = "",
        ends: bool = False,
    ) -> None:
        for channel in channels:
            number = self._letters.new_number()
            self._letters.put(number, Letter(number, channel, message, at_us, at_us, 0, about, ends))

    def next(self, channel: str, at_us: int | None = None, without: Collection[int] = ()) -> Letter | None:
        waiting = self._letters.where(lambda each: each.channel == channel and each.given_up_us is None)
        first: dict[str | int, Letter] = {}
        for letter in waiting:
            if letter.id not in without:
                first.setdefault(letter.about or letter.id, letter)
        due = [letter for letter in first.values() if at_us is None or letter.due_us <= at_us]
        return min(due, key=lambda letter: (letter.due_us, letter.id), default=None)

    def hurry(self, channel: str, at_us: int) -> None:
        for letter in self._letters.where(lambda each: each.channel == channel):
            if letter.given_up_us is None:
                self._letters.put(letter.id, replace(letter, due_us=min(letter.due_us, at_us)))

    def delivered(self, number: int, at_us: int) -> None:
        letter = self._letters.get(number)
        if letter:
            self._delivered.put((letter.channel, letter.about), number)
        self.drop(number)

    def failed(self, number: int, error: str, due_us: int, given_up_us: int | None) -> None:
        letter = self._letters.get(number)
        if letter:
            tried = replace(letter, attempts=letter.attempts + 1, error=error)
            self._letters.put(number, replace(tried, due_us=due_us, given_up_us=given_up_us))

    def is_overtaken(self, number: int) -> bool:
        letter = self._letters.get(number)
        newest = self._delivered.get((letter.channel, letter.about)) if letter and letter.about else None
        return newest is not None and newest > number

    def set_aside(self) -> list[Letter]:
        return self._letters.where(lambda letter: letter.given_up_us is not None)

    def again(self, number: int, at_us: int) -> None:
        letter = self._letters.get(number)
        if letter and letter.given_up_us is not None:
            fresh = replace(letter, given_up_us=None, error=None, attempts=0, due_us=at_us)
            self._letters.put(number, fresh)

    def drop(self, number: int) -> None:
        self._letters.drop(lambda letter: letter.id == number)

    def reached(self, channels: Sequence[str], about: str) -> list[str]:
        found = self._letters.where(lambda each: each.about == about and each.given_up_us is None)
        waiting = {letter.channel for letter in found}
        return [channel for channel in channels if channel not in waiting]

    def waiting(self) -> dict[str, int]:
        waits = self._letters.where(lambda letter: letter.given_up_us is None)
        return dict(Counter(letter.channel for letter in waits))

    def prune(self, before_us: int) -> None:
        self._letters.drop(lambda letter: letter.created_us < before_us)


class MemoryTroubles:
    def __init__(self, journal: Journal) -> None:
        self._troubles: Table[tuple[str, str], Trouble] = Table(journal)

    def save(self, trouble: Trouble) -> None:
        self._troubles.put((trouble.kind, trouble.about), trouble)

    def drop(self, kind: str, about: str) -> None:
        self._troubles.drop(lambda each: (each.kind, each.about) == (kind, about))

    def all(self) -> list[Trouble]:
        return sorted(self._troubles.all(), key=lambda each: each.since_us)
