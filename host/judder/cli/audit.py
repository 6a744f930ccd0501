"""judder audit: who changed what on the server."""

import asyncio
from typing import Annotated, Any

import typer

from judder.cli.app import app
from judder.cli.console import print_json, print_table
from judder.cli.server import SERVER, Ca, Server, Token
from judder.cli.times import day
from judder.client import ServerClient


@app.command(epilog="Example: `judder audit --limit 20`")
def audit(
    limit: Annotated[int, typer.Option(min=1, max=1000, help="How many, the newest first.")] = 50,
    server: Server = SERVER,
    token: Token = "",
    ca: Ca = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print as JSON.")] = False,
) -> None:
    """Show who changed what on the server."""
    notes = asyncio.run(_notes(ServerClient(server, token, ca), limit))
    print_json(notes) if as_json else _print(notes)


def _print(notes: list[dict[str, Any]]) -> None:
    rows = ((day(note["at_us"]), note["who"], note["what"], note["about"]) for note in notes)
    print_table(("when", "who", "what", "about"), rows, folding=(3,))


async def _notes(client: ServerClient, limit: int) -> list[dict[str, Any]]:
    async with client:
        notes: list[dict[str, Any]] = (await client.get(f"/api/v1/audit?limit={limit}"))["audit"]
        return notes
