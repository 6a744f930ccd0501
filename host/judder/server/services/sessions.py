"""Browsers that logged in: each has a cookie of its own, which ends with the token it came by."""

import secrets
from collections.abc import Callable

from judder.server.services.tokens import TOKEN_BYTES, Tokens, Who, digest
from judder.server.storage.access import SessionRow
from judder.server.storage.store import Store

LASTS_S = 30 * 86_400
MOST = 50
"""Of one token; its oldest make room, so that who may only look logs nobody else out."""


class Sessions:
    """All of them, in memory as on disk."""

    def __init__(self, store: Store, tokens: Tokens, clock_us: Callable[[], int]) -> None:
        self._store = store
        self._tokens = tokens
        self._clock_us = clock_us
        self._rows: dict[str, SessionRow] = {}

    async def load(self) -> None:
        rows = await self._store.read(lambda unit: unit.sessions.all())
        self._rows = {row.digest: row for row in rows}

    async def begin(self, who: Who) -> str:
        """Return what the cookie of who has just shown a token holds."""
        secret = secrets.token_urlsafe(TOKEN_BYTES)
        row = SessionRow(0, digest(secret), who.token, self._clock_us())
        number = await self._store.write(lambda unit: unit.sessions.add(row))
        self._rows[row.digest] = SessionRow(number, row.digest, row.token, row.made_us)
        for old in [each for each in self._rows.values() if each.token == row.token][:-MOST]:
            await self._drop(old)
        return secret

    def who(self, cookie: str) -> Who | None:
        """Return whose cookie it is, None where it is nobody's, or no longer."""
        row = self._rows.get(digest(cookie))
        if row is None or self._clock_us() - row.made_us > LASTS_S * 1_000_000:
            return None
        return self._tokens.of_digest(row.token)

    async def end(self, cookie: str) -> None:
        """Log out."""
        row = self._rows.get(digest(cookie))
        if row:
            await self._drop(row)

    async def _drop(self, row: SessionRow) -> None:
        self._rows.pop(row.digest, None)
        await self._store.write(lambda unit: unit.sessions.drop(row.id))
