"""The key that a deploy gives a board: the one that is named, the one it has, or a new one of the server."""

import asyncio

from judder_core.config import is_key

from judder.boards.keys import ChooseKey
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
        return has or (asyncio.run(new_key(server, device_id)) if server else "")

    return choose


async def new_key(server: ServerClient, device_id: str) -> str:
    """Return a new key for a board, "" where the server wants none, or none answers.

    Raises JudderError where it refuses: the token is no administrator's.
    """
    async with server:
        try:
            needed = (await server.get("/api/v1/session"))["needed"]
        except (ServerGoneError, NotThereError):
            return ""
        if not needed:
            return ""
        keys = (await server.get(PATH))["keys"]
        has_one = any(row["good"] for row in keys if row["device"] == device_id)
        return str((await server.post(PATH, {"device": device_id, "rotate": has_one}))["key"])
