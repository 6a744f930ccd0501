"""What is wrong with the store's files, with what is dropped of them, and with the clock that tells age."""

from collections.abc import Iterator

from judder.server.services.problem import CLOCK, PRUNE, STORE, Problem
from judder.server.services.retention import Retention
from judder.server.services.steady import Steady
from judder.server.storage.store import Store


class StoreHealth:
    """Asks those who know."""

    def __init__(self, store: Store, retention: Retention, steady: Steady) -> None:
        self._store = store
        self._retention = retention
        self._steady = steady

    def problems(self) -> Iterator[Problem]:
        """Yield what is wrong. What was found at the start is told until the next one."""
        for number, trouble in enumerate(self._store.troubles()):
            yield Problem(STORE, f"files {number + 1}", trouble)
        if self._retention.trouble is not None:
            yield Problem(PRUNE, "", self._retention.trouble)
        if self._steady.doubt is not None:
            yield Problem(CLOCK, "", f"{self._steady.doubt} Nothing is dropped by its age meanwhile.")
