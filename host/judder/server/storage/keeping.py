"""What keeps a store small: the verbs for sums of hours and days, and for what is to be forgotten."""

from typing import Protocol

from judder.server.storage.rows import Forgotten, Gap, Lived, Sum


class Sums(Protocol):
    def keep(self, one: Sum) -> None:
        """Keep a sum in the place of the one of the same board, step and begin."""

    def newest_us(self, device: str, step_us: int) -> int | None:
        """Return where a board's newest sum of this step begins."""

    def between(self, device: str, step_us: int, begin_us: int, end_us: int) -> list[Sum]:
        """Return a board's sums of this step that begin from begin_us on, before end_us, the oldest first."""

    def prune(self, step_us: int, before_us: int, most: int) -> int:
        """Drop sums of this step that begin before before_us, most at a time; return how many."""

    def drop_of(self, device: str) -> None:
        """Forget all sums of a board."""


class Upkeep(Protocol):
    def note_gap(self, gap: Gap) -> None: ...

    def gaps(self) -> list[Gap]:
        """Return every gap, the newest first."""

    def note_lived(self, lived: Lived, since_us: int) -> None:
        """Keep lived, and drop those of less than since_us."""

    def lived(self) -> list[Lived]:
        """Return what was kept of it, the newest first."""

    def forget(self, board: Forgotten) -> None:
        """Note that a board's windows are to go."""

    def forgotten(self) -> list[Forgotten]:
        """Return the boards whose windows are still to go."""

    def forgot(self, device: str) -> None:
        """Note that a forgotten board's windows are gone."""
