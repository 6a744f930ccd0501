"""judder learn: from the next windows of a board to a model on it, in one command."""

import asyncio
from collections.abc import Collection
from typing import Annotated, Any

import typer

from judder.cli.app import app
from judder.cli.console import next_step, print_json, result, say, warn
from judder.cli.progress import counting
from judder.cli.server import SERVER, Ca, Server, Token
from judder.cli.trouble import TROUBLES, name_of, tell_trouble
from judder.client import ServerClient, ServerGoneError
from judder.errors import JudderError
from judder.server.services.learnings import (
    DELIVERING,
    DONE,
    FAILED,
    LEAST_WINDOWS,
    OPEN,
    RECORDING,
    TRAINING,
    WINDOWS,
)
from judder.text import visible, word

POLL_S = 0.5
DOING = {RECORDING: "recording", TRAINING: "training", DELIVERING: "starts anew to fetch its model"}


@app.command(epilog="Example: `judder learn fan-attic --windows 400`")
def learn(
    board: Annotated[
        str | None, typer.Argument(help="Its name or device id; may be left out where there is but one.")
    ] = None,
    windows: Annotated[
        int, typer.Option(min=LEAST_WINDOWS, help="How many of its next windows are normal.")
    ] = WINDOWS,
    stop: Annotated[bool, typer.Option("--stop", help="Give up what it is learning.")] = False,
    server: Server = SERVER,
    token: Token = "",
    ca: Ca = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print what was learned as JSON.")] = False,
) -> None:
    """Let a board learn what is normal now: record, train, and put the model on it over the network.

    Let the machine run as it always does meanwhile. Also after the sensor was mounted anew. After a break the
    same command follows what the board is learning.
    """
    client = ServerClient(server, token, ca)
    device = asyncio.run(_stop(client, board) if stop else _learn(client, board, windows))
    learning, name = device["learning"], name_of(device)
    for sentence in learning["warnings"]:
        warn(sentence)
    if as_json:
        print_json({"device_id": device["device_id"], "name": name, **learning})
    elif stop:
        result(f"{name} gave up learning; it runs {device['status'].get('model_id') or 'no model'}")
    else:
        result(f"{name} runs {learning['model_id']}, learned from {device['recorded']} windows")
    next_step(f"watch it at {server}/")


async def _stop(server: ServerClient, board: str | None) -> dict[str, Any]:
    async with server as client:
        device = choose((await client.devices()).values(), board)
        learning = await client.delete(f"/api/v1/devices/{device['device_id']}/learn")
        return {**device, "learning": learning}


async def _learn(server: ServerClient, board: str | None, windows: int) -> dict[str, Any]:
    async with server as client:
        device = choose((await client.devices()).values(), board)
        trouble = tell_trouble(device)
        learning = device["learning"]
        if learning and learning["state"] in OPEN:
            say(f"{name_of(device)} is learning already")
        else:
            path = f"/api/v1/devices/{device['device_id']}/learn"
            learning = await client.post(path, {"windows": windows})
        try:
            return await _follow(client, device["device_id"], learning["recording"], trouble)
        except asyncio.CancelledError:  # Ctrl-C
            say("it goes on; the same command follows it, with --stop it ends")
            raise


def choose(devices: Collection[dict[str, Any]], wanted: str | None) -> dict[str, Any]:
    """Return the one board of devices that is called wanted. Raises JudderError."""
    # a server shows what is no letter of a name, and keeps it so
    meant = {wanted, visible(wanted)} if wanted is not None else None
    found = [d for d in devices if meant is None or meant & {name_of(d), d["device_id"]}]
    if len(found) == 1:
        return found[0]
    if not devices:
        raise JudderError("No board has reported to this server.", hint="Put one there: judder deploy")
    if wanted is None:
        what = "Several boards report"
    else:
        what = f"{len(found)} boards are called {wanted}" if found else f"No board is called {wanted}"
    names = ", ".join(f"{name_of(d)} ({d['device_id']})" for d in found or devices)
    raise JudderError(f"{what}.", hint=f"Name one, or give its device id: {names}")


async def _follow(client: ServerClient, device_id: str, recording: int, told: str | None) -> dict[str, Any]:
    """Show how the learning goes, until it is done; a server that is away is waited for.

    told: the board's trouble, where people know of it.
    """
    with counting(DOING[RECORDING]) as bar:
        while True:
            try:
                found = await client.get(f"/api/v1/recordings/{recording}")
                device = choose((await client.devices()).values(), device_id)
            except ServerGoneError:
                bar.update(doing="server away, waiting")
                await asyncio.sleep(POLL_S)
                continue
            learning = device["learning"]
            if learning["recording"] != recording:
                raise JudderError("Somebody began to learn this board anew.", hint="See the page.")
            if learning["state"] == FAILED:
                hint = (
                    f"judder inspect DATA_DIR --condition {word(found['condition'])} shows what was recorded."
                )
                raise JudderError(f"Nothing was learned: {learning['error']}", hint=hint)
            if learning["state"] == DONE:
                return {**device, "recorded": found["recorded"]}
            told = tell_trouble(device, told)
            silent = f" ({device['state']})" if device["state"] in TROUBLES else ""
            step = f": {learning['doing']}" if learning.get("doing") else ""
            doing = DOING[learning["state"]] + step + silent
            bar.update(found["recorded"], found["wanted"], doing)
            await asyncio.sleep(POLL_S)
