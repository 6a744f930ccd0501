"""judder learn: from the next windows of a board to a model on it, in one command."""

import asyncio
from typing import Annotated, Any

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from judder.cli.app import app
from judder.cli.console import print_json, talk
from judder.cli.options import SERVER, Server, Token
from judder.client import ServerClient, ServerGoneError
from judder.errors import JudderError
from judder.server.learnings import LEAST_WINDOWS, WINDOWS

POLL_S = 0.5
DOING = {
    "recording": "recording",
    "training": "training",
    "delivering": "the board starts anew and fetches its model",
}


@app.command(epilog="Example: `judder learn attic-fan --windows 400`")
def learn(
    board: Annotated[
        str | None, typer.Argument(help="Its name or device id; may be left out where there is but one.")
    ] = None,
    windows: Annotated[
        int, typer.Option(min=LEAST_WINDOWS, help="How many of its next windows are normal.")
    ] = WINDOWS,
    server: Server = SERVER,
    token: Token = "",
    as_json: Annotated[bool, typer.Option("--json", help="Print what was learned as JSON.")] = False,
) -> None:
    """Let a board learn what is normal now: record, train, and put the model on it over the network.

    Let the machine run as it always does meanwhile. Also after the sensor was mounted anew.
    """
    device = asyncio.run(_learn(server, token, board, windows))
    learning, name = device["learning"], device["status"].get("name") or device["device_id"]
    if as_json:
        print_json({"device_id": device["device_id"], **learning})
    else:
        print(f"{name} runs {learning['model_id']}, learned from {windows} windows")
    talk.print(f"next: watch it at {server}/", soft_wrap=True)


async def _learn(url: str, token: str, board: str | None, windows: int) -> dict[str, Any]:
    async with ServerClient(url, token) as client:
        device = choose((await client.get("/api/v1/devices"))["devices"], board)
        path = f"/api/v1/devices/{device['device_id']}"
        learning = await client.post(f"{path}/learn", {"windows": windows})
        try:
            return await _follow(client, device["device_id"], learning["recording"], windows)
        except asyncio.CancelledError:  # Ctrl-C
            talk.print(f"it goes on without this command; {url}/ shows it and can stop it", soft_wrap=True)
            raise


def choose(devices: list[dict[str, Any]], wanted: str | None) -> dict[str, Any]:
    """Return the one board of devices that is called wanted. Raises JudderError."""
    names = [device["status"].get("name") or device["device_id"] for device in devices]
    pairs = list(zip(names, devices, strict=True))
    found = [d for name, d in pairs if wanted is None or wanted in (name, d["device_id"])]
    if len(found) == 1:
        return found[0]
    if not devices:
        raise JudderError("No board has reported to this server.", hint="Put one there: judder deploy")
    what = "Several boards report" if wanted is None else f"{len(found)} boards are called {wanted}"
    raise JudderError(f"{what}.", hint=f"Name one: {', '.join(names)}, or its device id.")


async def _follow(client: ServerClient, device_id: str, recording: int, windows: int) -> dict[str, Any]:
    """Show how the learning goes, until it is done; a server that is away is waited for."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=talk) as progress:
        bar = progress.add_task(DOING["recording"], total=windows)
        while True:
            await asyncio.sleep(POLL_S)
            try:
                found = await client.get(f"/api/v1/recordings/{recording}")
                device = choose((await client.get("/api/v1/devices"))["devices"], device_id)
            except ServerGoneError:
                progress.update(bar, description="server away, waiting")
                continue
            learning = device["learning"]
            if learning["recording"] != recording:
                raise JudderError("Somebody began to learn this board anew.", hint="See the page.")
            if learning["state"] == "failed":
                hint = f"judder inspect DATA_DIR --condition {found['condition']} shows what was recorded."
                raise JudderError(f"Nothing was learned: {learning['error']}", hint=hint)
            if learning["state"] == "done":
                return device
            progress.update(bar, completed=found["recorded"], description=DOING[learning["state"]])
