"""The key that a deploy gives a board: the one that is named, the one it has where the server knows it, or a
new one of the server.
"""

import asyncio

from judder_core.config import is_key

from judder.boards.keys import ChooseKey
from judder.cli.console import say
from judder.client import NotThereError, ServerClient, ServerGoneError
from judder.errors import JudderError

PATH = "/api/v1/keys"


def check_key(key: str | None) -> str | None:
    """Return key where it is one, or None. Raises JudderError, which does not show it."""
    if key is not None and not (key and is_key(key)):
        raise JudderError("--key is no key.", hint="Give 64 hex digits, as judder key add prints them.")
    return key


def chooser(server: ServerClient | None, given: str | None) -> ChooseKey:
    """Return what chooses a board's key. server: is asked for one where it wants them; None: nobody is asked.
    given: the key that was named, "" for none at all; None: it is to be chosen.
    """

    def choose(device_id: str, has: str) -> str:
        if given is not None:
            return given
        if server is None or (has and not asyncio.run(is_foreign(server, device_id))):
            return has
        if has:
            say(f"the server has no good key of board {device_id}: it gets a new one")
        return asyncio.run(new_key(server, device_id))

    return choose


async def is_foreign(server: ServerClient, device_id: str) -> bool:
    """Return whether the server wants keys and has no good one of a board: that of the board is another
    server's, or was revoked. False where the server does not say.
    """
    async with server:
        try:
            return await _needs_keys(server) and not await _has_good(server, device_id)
        except JudderError:  # it is gone, of before, or the token is no administrator's
            return False


async def new_key(server: ServerClient, device_id: str) -> str:
    """Return a new key for a board, "" where the server wants none, or none answers.

    Raises JudderError where it refuses: the token is no administrator's.
    """
    async with server:
        try:
            if not await _needs_keys(server):
                return ""
        except (ServerGoneError, NotThereError):
            return ""
        rotates = await _has_good(server, device_id)
        return str((await server.post(PATH, {"device": device_id, "rotate": rotates}))["key"])


async def _needs_keys(server: ServerClient) -> bool:
    return bool((await server.get("/api/v1/session"))["needed"])


async def _has_good(server: ServerClient, device_id: str) -> bool:
    keys = (await server.get(PATH))["keys"]
    return any(row["good"] for row in keys if row["device"] == device_id)
