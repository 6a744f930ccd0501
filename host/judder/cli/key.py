"""judder key: the keys by which the server knows its boards."""

import asyncio
from typing import Annotated, Any

import typer

from judder.cli.app import app
from judder.cli.console import next_step, print_json, print_table, result
from judder.cli.server import SERVER, Ca, Server, Token
from judder.cli.times import day
from judder.client import ServerClient
from judder.errors import JudderError
from judder.text import word

key = typer.Typer(
    no_args_is_help=True,
    help="Make, list, rotate and revoke boards' keys.",
    epilog="Example: `judder key add 020000000001`",
)
app.add_typer(key, name="key")

Board = Annotated[str, typer.Argument(help="The board's MAC: 12 hex digits.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print as JSON.")]
PATH = "/api/v1/keys"


@key.command("list", epilog="Example: `judder key list`")
def list_keys(server: Server = SERVER, token: Token = "", ca: Ca = None, as_json: AsJson = False) -> None:
    """List the keys that were made, and which are good. None shows the keys themselves."""
    keys = asyncio.run(_keys(ServerClient(server, token, ca)))
    print_json(keys) if as_json else _print(keys)


@key.command(epilog="Example: `judder key add 020000000001`")
def add(
    board: Board, server: Server = SERVER, token: Token = "", ca: Ca = None, as_json: AsJson = False
) -> None:
    """Make a key for a board, and print it: nobody is told it again. judder deploy does this by itself."""
    _print_new(asyncio.run(_make(ServerClient(server, token, ca), board, False)), as_json)


@key.command(epilog="Example: `judder key rotate 020000000001`")
def rotate(
    board: Board, server: Server = SERVER, token: Token = "", ca: Ca = None, as_json: AsJson = False
) -> None:
    """Make a new key for a board, and print it. The one it has is good for a week longer."""
    _print_new(asyncio.run(_make(ServerClient(server, token, ca), board, True)), as_json)


@key.command(epilog="Example: `judder key revoke 020000000001`")
def revoke(
    board: Board,
    number: Annotated[
        int | None, typer.Option(help="Only the key of this number, of judder key list.")
    ] = None,
    server: Server = SERVER,
    token: Token = "",
    ca: Ca = None,
) -> None:
    """Let the keys of a board be good no more, for ever."""
    for row in asyncio.run(_revoke(ServerClient(server, token, ca), board, number)):
        result(f"key {row['id']} of board {row['device']} is good no more")
    next_step(f"judder key add {word(board)}, to let it in again")


async def _keys(client: ServerClient) -> list[dict[str, Any]]:
    async with client:
        keys: list[dict[str, Any]] = (await client.get(PATH))["keys"]
        return keys


async def _make(client: ServerClient, board: str, rotates: bool) -> dict[str, Any]:
    async with client:
        return await client.post(PATH, {"device": board.lower()} | ({"rotate": True} if rotates else {}))


async def _revoke(client: ServerClient, board: str, number: int | None) -> list[dict[str, Any]]:
    async with client:
        good = [row for row in (await client.get(PATH))["keys"] if row["good"]]
        found = [r for r in good if r["device"] == board.lower() and number in (None, r["id"])]
        if not found:
            raise JudderError(f"Board {board} has no such key.", hint="judder key list")
        return [await client.delete(f"{PATH}/{row['id']}") for row in found]


def _print_new(made: dict[str, Any], as_json: bool) -> None:
    if as_json:
        print_json(made)
    else:
        result(f"key {made['id']} of board {made['device']}: {made['key']}")
    next_step("judder deploy --port PORT --key KEY, or put it into the board's config as server.key")


def _print(keys: list[dict[str, Any]]) -> None:
    rows = ((row["id"], row["device"], day(row["made_us"]), _how(row)) for row in keys)
    print_table(("number", "board", "made", "is"), rows)


def _how(row: dict[str, Any]) -> str:
    if not row["good"]:
        return "revoked" if row["revoked"] else "ended"
    return f"good until {day(row['ends_us'])}" if row["ends_us"] else "good"
