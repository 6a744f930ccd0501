"""judder token: the tokens by which the server knows people."""

import asyncio
import time
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from judder.cli.app import app
from judder.cli.console import next_step, print_json, print_table, result
from judder.cli.server import SERVER, Ca, Server, Token
from judder.cli.times import day
from judder.client import ServerClient
from judder.errors import JudderError
from judder.server.services.tokens import Role, Tokens
from judder.server.storage.folder import store_in

group = typer.Typer(
    no_args_is_help=True,
    help="Make, list and revoke people's tokens.",
    epilog="Example: `judder token add anna --role look`",
)
app.add_typer(group, name="token")

RoleName = StrEnum("RoleName", {role.word: role.word for role in Role})  # type: ignore[misc]  # from a table
AsJson = Annotated[bool, typer.Option("--json", help="Print as JSON.")]
Name = Annotated[str, typer.Argument(help="Whose it is.")]
PATH = "/api/v1/tokens"


@group.command("list", epilog="Example: `judder token list`")
def list_tokens(server: Server = SERVER, token: Token = "", ca: Ca = None, as_json: AsJson = False) -> None:
    """List who has a token, and what they may do. The tokens themselves nobody knows any more."""
    tokens = asyncio.run(_tokens(ServerClient(server, token, ca)))
    print_json(tokens) if as_json else _print(tokens)


@group.command(epilog="Example: `judder token add anna --role look`")
def add(
    name: Name,
    role: Annotated[RoleName, typer.Option(help="Each may do what those before it may.")],
    data_dir: Annotated[
        Path | None,
        typer.Option(help="Make it in the folder of a server that does not run: a token that was lost."),
    ] = None,
    server: Server = SERVER,
    token: Token = "",
    ca: Ca = None,
    as_json: AsJson = False,
) -> None:
    """Make a token, and print it: nobody is told it again."""
    if data_dir is None:
        made = asyncio.run(_add(ServerClient(server, token, ca), name, role.value))
    else:
        made = asyncio.run(_add_in(data_dir, name, Role[role.name.upper()]))
    if as_json:
        print_json(made)
    else:
        result(f"token of {made['name']}, who may {made['role']}: {made['token']}")
    next_step(f"log in at {server}/, or export JUDDER_TOKEN")


@group.command(epilog="Example: `judder token revoke anna`")
def revoke(name: Name, server: Server = SERVER, token: Token = "", ca: Ca = None) -> None:
    """Forget a token; who logged in with it is out."""
    asyncio.run(_revoke(ServerClient(server, token, ca), name))
    result(f"the token of {name} is good no more")


def _print(tokens: list[dict[str, Any]]) -> None:
    rows = ((row["name"], row["role"], day(row["made_us"])) for row in tokens)
    print_table(("name", "role", "made"), rows)


async def _tokens(client: ServerClient) -> list[dict[str, Any]]:
    async with client:
        tokens: list[dict[str, Any]] = (await client.get(PATH))["tokens"]
        return tokens


async def _add(client: ServerClient, name: str, role: str) -> dict[str, Any]:
    async with client:
        return await client.post(PATH, {"name": name, "role": role})


async def _add_in(data_dir: Path, name: str, role: Role) -> dict[str, Any]:
    """Make a token in a folder that no server uses. Raises JudderError where one does."""
    store = store_in(data_dir)
    await store.open()
    try:
        tokens = Tokens(store, lambda: int(time.time() * 1e6), "")
        await tokens.load()
        row, secret = await tokens.add(name, role)
    finally:
        await store.close()
    return {"name": row.name, "role": row.role, "token": secret}


async def _revoke(client: ServerClient, name: str) -> None:
    async with client:
        numbers = [row["id"] for row in (await client.get(PATH))["tokens"] if row["name"] == name]
        if not numbers:
            raise JudderError(f"Nobody called {name} has a token.", hint="judder token list")
        await client.delete(f"{PATH}/{numbers[0]}")
