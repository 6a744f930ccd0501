"""judder delete: boards, recordings, models and alerts that nobody needs any more."""

import asyncio
from typing import Annotated
from urllib.parse import quote

import typer

from judder.cli.app import app
from judder.cli.console import result, say
from judder.cli.server import SERVER, Ca, Server, Token
from judder.client import NotThereError, ServerClient
from judder.errors import JudderError

KINDS = {"board": "devices", "recording": "recordings", "model": "models", "alert": "alerts"}
"""What may be deleted, and where it is found at the server."""
Yes = Annotated[bool, typer.Option("--yes", help="Do not ask.")]

delete = typer.Typer(
    no_args_is_help=True,
    help="Delete a board, a recording, a model or an alert on the server.",
    epilog="Example: `judder delete recording 3`",
)
app.add_typer(delete, name="delete")


@delete.command(epilog="Example: `judder delete board 020000000001`")
def board(
    device: Annotated[str, typer.Argument(help="Its device id. It has to be offline.")],
    server: Server = SERVER,
    token: Token = "",
    ca: Ca = None,
    yes: Yes = False,
) -> None:
    """Delete a board with its alerts, sums and windows; windows of recordings stay."""
    _delete("board", device, ServerClient(server, token, ca), yes)


@delete.command(epilog="Example: `judder delete recording 3`")
def recording(
    number: Annotated[int, typer.Argument(help="Its number, as the page shows it.")],
    server: Server = SERVER,
    token: Token = "",
    ca: Ca = None,
    yes: Yes = False,
) -> None:
    """Put a recording into the trash, where it may be taken back for keep_days; a second time deletes it."""
    _delete("recording", str(number), ServerClient(server, token, ca), yes)
    say("take it back with: Take back on the page, within keep_days")


@delete.command(epilog="Example: `judder delete model attic-fan-3f9c2a1e`")
def model(
    model_id: Annotated[str, typer.Argument(help="Its id. No board may run it.")],
    server: Server = SERVER,
    token: Token = "",
    ca: Ca = None,
    yes: Yes = False,
) -> None:
    """Delete a model file that is not in service, and that no board runs."""
    _delete("model", model_id, ServerClient(server, token, ca), yes)


@delete.command(epilog="Example: `judder delete alert 12`")
def alert(
    number: Annotated[int, typer.Argument(help="Its number. It has to be over.")],
    server: Server = SERVER,
    token: Token = "",
    ca: Ca = None,
    yes: Yes = False,
) -> None:
    """Delete an alert that is over."""
    _delete("alert", str(number), ServerClient(server, token, ca), yes)


def _delete(kind: str, name: str, client: ServerClient, yes: bool) -> None:
    if not yes:
        typer.confirm(f"Delete {kind} {name}?", abort=True, err=True)
    asyncio.run(_ask(client, f"/api/v1/{KINDS[kind]}/{quote(name, safe='')}"))
    result(f"{kind} {name} is deleted")


async def _ask(client: ServerClient, path: str) -> None:
    async with client:
        try:
            await client.delete(path)
        except NotThereError as error:
            hint = "The page shows what there is. A board is named by its device id here."
            raise JudderError(str(error), hint=hint) from error
