"""What a store keeps of who may do what, and who did: a type per kind of row, and the verbs on them.

Times are Unix time in microseconds.
"""

from dataclasses import dataclass
from typing import Protocol, TypeVar

AUDIT_KEPT = 10_000
"""Notes; the oldest make room for the newest."""


@dataclass(frozen=True, slots=True)
class KeyRow:
    """A board's key. id: 0 until it is stored. secret: 64 hex digits, in clear: signatures are checked with
    it. ends_us: when it ends because another took its place, None for never.
    """

    id: int
    device: str
    secret: str
    made_us: int
    ends_us: int | None = None
    revoked: bool = False


@dataclass(frozen=True, slots=True)
class TokenRow:
    """A person's token. id: 0 until it is stored. digest: SHA-256 of it, hex; nobody keeps the token itself.

    role: look, answer or administer.
    """

    id: int
    name: str
    role: str
    digest: str
    made_us: int


@dataclass(frozen=True, slots=True)
class SessionRow:
    """A browser that logged in. id: 0 until it is stored. digest: SHA-256 of its cookie; token: that of the
    token it came with, and ends with.
    """

    id: int
    digest: str
    token: str
    made_us: int


@dataclass(frozen=True, slots=True)
class AuditRow:
    """Who did what, and to what. id: 0 until it is stored."""

    id: int
    at_us: int
    who: str
    what: str
    about: str


Row = TypeVar("Row", KeyRow, TokenRow, SessionRow)


class Numbered(Protocol[Row]):
    """Few rows that are read whole, each by its number."""

    def add(self, row: Row) -> int:
        """Keep a new row; return its number, which no row had before."""

    def put(self, row: Row) -> None:
        """Keep row in the place of the one of its number."""

    def drop(self, number: int) -> None: ...

    def all(self) -> list[Row]:
        """Return every row, the oldest first."""


class Audit(Protocol):
    def note(self, row: AuditRow) -> None:
        """Keep a note; of AUDIT_KEPT and one more, the oldest goes."""

    def newest(self, limit: int) -> list[AuditRow]: ...
