"""People's tokens: who may look, answer or administer. Only their SHA-256 is kept."""

import hashlib
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from enum import IntEnum

from judder.server.services.errors import Conflict, NotFound
from judder.server.storage.access import TokenRow
from judder.server.storage.store import Store

TOKEN_BYTES = 32
"""As many as no number of guesses finds."""
GIVEN = "the settings' token"
LONG = 32
"""Characters from which on a token that people made up is taken for random."""
FIRST = "administrator"
"""What the first token is called, which the server makes for itself."""


class Role(IntEnum):
    """What somebody may do; each may do what those before it may."""

    LOOK = 1
    ANSWER = 2
    ADMINISTER = 3

    @property
    def word(self) -> str:
        return self.name.lower()


@dataclass(frozen=True, slots=True)
class Who:
    """Somebody who asks. token: the SHA-256 of what was shown, "" where nothing had to be."""

    name: str
    role: Role
    token: str = ""


def digest(secret: str) -> str:
    """Return the SHA-256 of secret, in hex."""
    return hashlib.sha256(secret.encode("utf-8", "surrogateescape")).hexdigest()


class Tokens:
    """All tokens, in memory as on disk. given: the one in the settings, an administrator's, "" for none.

    Looking one up takes no time that tells of it: what is looked up is its SHA-256, which nobody can steer.
    """

    def __init__(self, store: Store, clock_us: Callable[[], int], given: str) -> None:
        self._store = store
        self._clock_us = clock_us
        self._given = Who(GIVEN, Role.ADMINISTER, digest(given)) if given else None
        self._is_long = len(given) >= LONG
        self._rows: dict[str, TokenRow] = {}
        self.first: str | None = None

    async def make_first(self) -> None:
        """Make an administrator's token where there is none; `first` holds it until this server ends."""
        if not self.has_administrator():
            _, self.first = await self.add(FIRST, Role.ADMINISTER)

    async def load(self) -> None:
        rows = await self._store.read(lambda unit: unit.tokens.all())
        self._rows = {row.digest: row for row in rows}

    def list(self) -> Sequence[TokenRow]:
        return tuple(self._rows.values())

    def has_administrator(self) -> bool:
        return self._given is not None or bool(self._administrators())

    def of_random(self, shown: str) -> Who | None:
        """Return whose token has this SHA-256, of those that nobody guesses."""
        row = self._rows.get(shown)
        if row:
            return Who(row.name, Role[row.role.upper()], row.digest)
        return self._given_as(shown) if self._is_long else None

    def of_word(self, shown: str) -> Who | None:
        """Return whose token has this SHA-256, if it is a short one of the settings, which may be guessed."""
        return None if self._is_long else self._given_as(shown)

    def of_digest(self, shown: str) -> Who | None:
        return self.of_random(shown) or self.of_word(shown)

    def _given_as(self, shown: str) -> Who | None:
        return self._given if self._given and self._given.token == shown else None

    async def add(self, name: str, role: Role) -> tuple[TokenRow, str]:
        """Make a token; return its row and, for the only time, itself. Raises Conflict."""
        if any(row.name == name for row in self.list()):
            raise Conflict(f"There is a token called {name}.", hint="Choose another name, or revoke it.")
        secret = secrets.token_urlsafe(TOKEN_BYTES)
        row = TokenRow(0, name, role.word, digest(secret), self._clock_us())
        number = await self._store.write(lambda unit: unit.tokens.add(row))
        row = self._rows[row.digest] = replace(row, id=number)
        return row, secret

    async def revoke(self, number: int) -> TokenRow:
        """Forget a token; who logged in with it is out.

        Raises NotFound, and Conflict where nobody could administer any more.
        """
        row = next((row for row in self.list() if row.id == number), None)
        if row is None:
            raise NotFound(f"There is no token {number}.", hint="judder token list")
        if self._given is None and self._administrators() == [row]:
            raise Conflict(f"Nobody but {row.name} may administer.", hint="Make another such token first.")
        await self._store.write(lambda unit: unit.tokens.drop(number))
        return self._rows.pop(row.digest)

    def _administrators(self) -> Sequence[TokenRow]:
        return [row for row in self._rows.values() if row.role == Role.ADMINISTER.word]
