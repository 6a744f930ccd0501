"""The time that the server ran, counted by the machine's ticks over all its starts: no wall clock changes it.

Once a minute, and at each start, it is noted together with what the server's clock shows. So the windows of
the last hour of running are known although the clock was put ahead a day or a year between two of them.
"""

from collections.abc import Iterable
from functools import partial

from judder.server.services.steady import Steady
from judder.server.storage.rows import Lived
from judder.server.storage.store import Store, Unit

NOTE_EVERY_US = 60_000_000
KEPT_US = 7_200_000_000
"""Of running: older notes go."""


def came_after(notes: Iterable[Lived], lived_us: int, age_us: int) -> int | None:
    """Return the least time at which a window of the last age_us of running can have come; None if unknown.

    notes: the newest first. Where they reach back less far, all since the first of them counts.

    >>> notes = [Lived(90, 1000), Lived(60, 20), Lived(30, 500), Lived(0, 0)]
    >>> came_after(notes, 95, 10), came_after(notes, 95, 40), came_after(notes, 95, 500), came_after([], 9, 1)
    (20, 20, 0, None)
    """
    least: int | None = None
    for note in notes:
        least = note.now_us if least is None else min(least, note.now_us)
        if note.lived_us <= lived_us - age_us:
            break
    return least


class LivedTime:
    """Notes how long the server ran."""

    def __init__(self, store: Store, steady: Steady) -> None:
        self._store = store
        self._steady = steady
        self._notes: list[Lived] = []
        self._unwritten: list[Lived] = []
        self._before_us = self._begun_us = 0

    async def load(self) -> None:
        """Go on after what was noted. The clock has to be set before, and no window may come before."""
        self._notes = await self._store.read(lambda unit: unit.upkeep.lived())
        self._before_us = self._notes[0].lived_us if self._notes else 0
        self._begun_us = self._steady.signing_us()
        self._note()

    def came_after(self, age_us: int) -> int:
        """Return the least time at which a window of the last age_us of running can have come."""
        found = came_after(self._notes, self._lived_us(), age_us)
        return self._steady.now_us() if found is None else found

    async def step(self) -> None:
        """Note how long it is by now, where that is due. Raises StoreError; it is written the next time."""
        if not self._notes or self._lived_us() - self._notes[0].lived_us >= NOTE_EVERY_US:
            self._note()
        if self._unwritten:
            await self._store.write(partial(_write, notes=list(self._unwritten)))
            self._unwritten.clear()

    def _note(self) -> None:
        note = Lived(self._lived_us(), self._steady.now_us())
        self._notes = [note, *(old for old in self._notes if old.lived_us >= note.lived_us - KEPT_US)]
        self._unwritten.append(note)

    def _lived_us(self) -> int:
        return self._before_us + max(0, self._steady.signing_us() - self._begun_us)


def _write(unit: Unit, notes: Iterable[Lived]) -> None:
    for note in notes:
        unit.upkeep.note_lived(note, since_us=note.lived_us - KEPT_US)
