"""Who did what, and to what, when: the newest notes, on disk."""

from collections.abc import Callable

from judder.server.storage.access import AuditRow
from judder.server.storage.store import Store

MOST_SHOWN = 200
"""Characters of what a note is about."""


class Audit:
    def __init__(self, store: Store, clock_us: Callable[[], int]) -> None:
        self._store = store
        self._clock_us = clock_us

    async def note(self, who: str, what: str, about: str) -> None:
        """Keep that who did what to what it is about: no secrets, since all who administer read it."""
        shown = (
            about[:MOST_SHOWN].encode("utf-8", "replace").decode()
        )  # no half characters: SQLite takes none
        row = AuditRow(0, self._clock_us(), who, what, shown)
        await self._store.write(lambda unit: unit.audit.note(row))

    async def newest(self, limit: int) -> list[AuditRow]:
        return await self._store.read(lambda unit: unit.audit.newest(limit))
