"""Sums of hours and days, gaps of the clock and boards that are to be forgotten, in memory."""

from judder.server.storage.memory.table import Journal, Table
from judder.server.storage.rows import Forgotten, Gap, Lived, Sum


class MemorySums:
    def __init__(self, journal: Journal) -> None:
        self._sums: Table[tuple[str, int, int], Sum] = Table(journal)

    def keep(self, one: Sum) -> None:
        self._sums.put((one.device, one.step_us, one.begin_us), one)

    def newest_us(self, device: str, step_us: int) -> int | None:
        found = self._sums.where(lambda one: (one.device, one.step_us) == (device, step_us))
        return max((one.begin_us for one in found), default=None)

    def between(self, device: str, step_us: int, begin_us: int, end_us: int) -> list[Sum]:
        of_board = self._sums.where(lambda one: (one.device, one.step_us) == (device, step_us))
        return sorted(
            (one for one in of_board if begin_us <= one.begin_us < end_us), key=lambda one: one.begin_us
        )

    def prune(self, step_us: int, before_us: int, most: int) -> int:
        old = self._sums.where(lambda one: one.step_us == step_us and one.begin_us < before_us)
        oldest = sorted(old, key=lambda one: one.begin_us)[:most]
        return self._sums.drop(lambda one: one in oldest)

    def drop_of(self, device: str) -> None:
        self._sums.drop(lambda one: one.device == device)


class MemoryUpkeep:
    def __init__(self, journal: Journal) -> None:
        self._gaps: Table[int, Gap] = Table(journal)
        self._lived: Table[int, Lived] = Table(journal)
        self._forgotten: Table[str, Forgotten] = Table(journal)

    def note_gap(self, gap: Gap) -> None:
        self._gaps.put(self._gaps.new_number(), gap)

    def gaps(self) -> list[Gap]:
        return sorted(self._gaps.all(), key=lambda gap: gap.end_us, reverse=True)

    def note_lived(self, lived: Lived, since_us: int) -> None:
        self._lived.put(self._lived.new_number(), lived)
        self._lived.drop(lambda one: one.lived_us < since_us)

    def lived(self) -> list[Lived]:
        return self._lived.all()[::-1]

    def forget(self, board: Forgotten) -> None:
        self._forgotten.put(board.device, board)

    def forgotten(self) -> list[Forgotten]:
        return sorted(self._forgotten.all(), key=lambda board: board.device)

    def forgot(self, device: str) -> None:
        self._forgotten.drop(lambda board: board.device == device)
