"""Who did what, and to what, when: the newest notes, on disk."""

from collections import OrderedDict
from collections.abc import Callable

from judder.server.storage.access import AuditRow
from judder.server.storage.store import Store

MOST_SHOWN = 200
"""Characters of what a note is about."""
AGAIN_US = 3_600_000_000
"""What somebody does again within an hour is noted once: no notes are pushed out by logging in and out."""
REMEMBERED = 1000


class Audit:
    def __init__(self, store: Store, clock_us: Callable[[], int]) -> None:
        self._store = store
        self._clock_us = clock_us
        self._noted_us: OrderedDict[tuple[str, str, str], int] = OrderedDict()

    async def note_once(self, who: str, what: str, about: str) -> None:
        """Keep what changes nothing for others, unless it was noted lately."""
        key, now_us = (who, what, about), self._clock_us()
        if now_us - self._noted_us.get(key, -AGAIN_US) < AGAIN_US:
            return
        await self.note(who, what, about)
        self._noted_us[key] = now_us
        self._noted_us.move_to_end(key)
        if len(self._noted_us) > REMEMBERED:
            self._noted_us.popitem(last=False)

    async def note(self, who: str, what: str, about: str) -> None:
        """Keep that who did what to what it is about: no secrets, since all who administer read it."""
        shown = (
            about[:MOST_SHOWN].encode("utf-8", "replace").decode()
        )  # no half characters: SQLite takes none
        row = AuditRow(0, self._clock_us(), who, what, shown)
        await self._store.write(lambda unit: unit.audit.note(row))

    async def newest(self, limit: int) -> list[AuditRow]:
        return await self._store.read(lambda unit: unit.audit.newest(limit))
