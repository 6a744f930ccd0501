"""Whether windows can be stored: found out by storing a little, also while nobody sends any."""

import asyncio

from judder.server.services.health import Health
from judder.server.services.problem import STORE
from judder.server.storage.store import Store, StoreError

EVERY_S = 3.0
PATIENCE_S = 5.0
"""A disk that takes longer takes no windows either; with the pause it is told within 10 s."""


class Probe:
    """Writes a little, again and again, in one commit with whatever windows come, and tells health."""

    def __init__(self, store: Store, health: Health, most_waiting: int) -> None:
        self._store = store
        self._health = health
        self._most_waiting = most_waiting

    async def run(self) -> None:
        """Probe until cancelled."""
        while True:
            self._health.set(STORE, "", await self._wrong(), severe=True)
            self._health.look()
            await asyncio.sleep(EVERY_S)

    async def _wrong(self) -> str | None:
        """Return why windows cannot be stored, None where they can."""
        try:
            async with asyncio.timeout(PATIENCE_S):  # wait_for() of Python 3.11 may swallow being cancelled
                await self._store.probe()
        except StoreError as error:
            return f"Windows cannot be stored. {error} {error.hint or ''}".strip()
        except TimeoutError:
            return f"Windows cannot be stored: the disk has not answered for {PATIENCE_S:.0f} s."
        if self._store.waiting() >= self._most_waiting:
            return f"Windows cannot be stored: {self._store.waiting()} wait for the disk."
        return None
