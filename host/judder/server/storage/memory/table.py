"""Frozen rows by their key, written in transactions."""

from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from typing import Generic, TypeVar

from judder.server.storage.store import StoreError

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class Journal:
    """What undoes the writes of a transaction."""

    def __init__(self) -> None:
        self._undo: list[Callable[[], None]] | None = None

    def note(self, undo: Callable[[], None]) -> None:
        """Take in how to undo what is about to be written. Raises StoreError outside of a transaction."""
        if self._undo is None:
            raise StoreError("Nothing is written while reading.")
        self._undo.append(undo)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Keep all that is done inside, or, where it raises, nothing."""
        undo = self._undo = []
        try:
            yield
        except BaseException:
            for step in reversed(undo):
                step()
            raise
        finally:
            self._undo = None


class Table(Generic[K, V]):
    """Rows in the order in which they came."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._rows: dict[K, V] = {}
        self._last = 0

    def new_number(self) -> int:
        """Return a number that no row had before."""
        self._last += 1
        return self._last

    def get(self, key: K) -> V | None:
        return self._rows.get(key)

    def all(self) -> list[V]:
        return list(self._rows.values())

    def where(self, wanted: Callable[[V], bool]) -> list[V]:
        return [row for row in self._rows.values() if wanted(row)]

    def put(self, key: K, row: V) -> None:
        """Keep row in the place of the one of the same key."""
        before = self._rows.get(key)
        self._journal.note(lambda: self._restore(key, before))
        self._rows[key] = row

    def drop(self, unwanted: Callable[[V], bool]) -> int:
        """Drop the unwanted rows; return how many."""
        before = self._rows
        self._journal.note(lambda: setattr(self, "_rows", before))
        self._rows = {key: row for key, row in before.items() if not unwanted(row)}
        return len(before) - len(self._rows)

    def _restore(self, key: K, before: V | None) -> None:
        if before is None:
            del self._rows[key]
        else:
            self._rows[key] = before
