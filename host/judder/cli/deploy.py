"""judder deploy: put Judder, a config and a model on a board."""

import asyncio
import time
from pathlib import Path
from typing import Annotated, Any

import typer

from judder.boards.config import BoardConfig, read_for_some_chip
from judder.boards.console import Console
from judder.boards.deploy import Deployed
from judder.boards.deploy import deploy as deploy_to
from judder.cli.app import app
from judder.cli.board_key import check_key, chooser
from judder.cli.console import next_step, print_json, result, say, warn
from judder.cli.progress import working
from judder.cli.server import SERVER, Token, at
from judder.cli.trouble import tell_trouble
from judder.client import ServerClient, ServerGoneError
from judder.errors import JudderError
from judder.server.services.discovery import find


@app.command(
    epilog="Example: `judder deploy --port /dev/ttyUSB0 --config attic.json --model fan.judder.json`"
)
def deploy(
    port: Annotated[str, typer.Option(help="The board's serial port; judder doctor lists them.")],
    config: Annotated[
        Path | None, typer.Option(help="The board's config.json; left out, the board keeps its own.")
    ] = None,
    model: Annotated[Path | None, typer.Option(help="The model; left out, the board keeps its own.")] = None,
    server: Annotated[
        str | None, typer.Option(help="Where the board will report; default: as the config says.")
    ] = None,
    wait_s: Annotated[
        float, typer.Option("--wait", help="Seconds to wait for its report; 0: do not.")
    ] = 60.0,
    source: Annotated[
        bool, typer.Option("--source", help="Send modules as they are written, not compiled to .mpy.")
    ] = False,
    token: Token = "",
    key: Annotated[
        str | None,
        typer.Option(envvar="JUDDER_KEY", help="The board's key; default: the one it has, or the server's."),
    ] = None,
    no_key: Annotated[bool, typer.Option("--no-key", help="Leave the board without a key.")] = False,
    ca: Annotated[
        Path | None,
        typer.Option(
            "--ca", envvar="JUDDER_CA_FILE", help="For server.tls: the CA of the server, its ca.pem."
        ),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print what was deployed as JSON.")] = False,
) -> None:
    """Copy Judder to a board, verify every file, reset it, and wait until it reports its model id."""
    checked = read_for_some_chip(config) if config else None
    if checked and checked.warning:
        warn(checked.warning)
    given = "" if no_key else check_key(key)
    url = server or (_server_of(checked) if checked else None)
    client = ServerClient(url, token, ca) if url else None
    boots = asyncio.run(last_boots(client)) if client else {}
    with working(f"copying to {port}"):
        choose = chooser(client, given)
        deployed = deploy_to(port, config, model, source=source, choose_key=choose, ca=ca)
    say(f"{deployed.files} files verified on board {deployed.device_id}")
    if deployed.as_source and not source:
        say("its MicroPython reads no .mpy of mpy-cross 1.29: it compiles the modules itself")
    model_id, device = deployed.model_id, None
    if deployed.has_key:
        say("it has a key, and signs what it sends")
    if client and wait_s:
        with working(f"waiting for the board to report to {url}"), Console(port) as console:
            device = asyncio.run(confirm(client, deployed, model, boots, wait_s, console))
        model_id = device["status"].get("model_id") or None
    if as_json:
        print_json({"device_id": deployed.device_id, "files": deployed.files, "model_id": model_id})
    elif device:
        result(f"board {deployed.device_id} {_doing(device['status'])}")
    else:
        result(f"board {deployed.device_id} starts anew with {model_id or 'the model it had, if any'}")
    if not (device and tell_trouble(device)):
        address = url or "the server's address"
        following = f"watch it at {address}" if model_id else f"judder learn{at(url or SERVER)}"
        next_step(following)


def _doing(status: dict[str, Any]) -> str:
    if "model_id" not in status:  # it only takes care of itself
        return "does not watch"
    return f"runs {status['model_id']}" if status["model_id"] else "has no model yet"


def _server_of(config: BoardConfig) -> str:
    server = config.sections["server"]
    host = server["host"]
    if host.endswith(".local"):  # few PCs resolve such names by themselves
        host = asyncio.run(find(host))
    return f"{'https' if server['tls'] else 'http'}://{host}:{server['port']}"


async def last_boots(client: ServerClient) -> dict[str, object]:
    """Return the boot_id of each board's last report, nothing where the server does not answer."""
    async with client:
        try:
            devices = await client.devices()
        except ServerGoneError:
            return {}
    return {name: device["status"].get("boot_id") for name, device in devices.items()}


async def confirm(
    client: ServerClient,
    deployed: Deployed,
    model: Path | None,
    boots: dict[str, object],
    wait_s: float,
    console: Console,
) -> dict[str, Any]:
    """Return the board, with its report, once it has booted anew and runs the model it was given, or says
    that it cannot watch at all.

    boots: what last_boots() returned before. console: the board's. Raises JudderError after wait_s, with
    what the board said meanwhile.
    """
    deadline = time.monotonic() + wait_s
    seen = ""
    async with client:
        while time.monotonic() < deadline:
            await asyncio.sleep(0.25)
            console.listen()
            try:
                device = (await client.devices()).get(deployed.device_id, {"status": {}})
            except ServerGoneError:
                continue
            report = device["status"]
            if report.get("boot_id") in (None, boots.get(deployed.device_id)):
                continue
            if report.get("model_error"):
                raise JudderError(
                    f"Board {deployed.device_id} refuses its model: {report['model_error']}",
                    hint="Train the model again and deploy board and model together.",
                )
            if deployed.model_id in (None, report.get("model_id", deployed.model_id)):
                if model:
                    await client.send("/api/v1/models", model.read_bytes(), "application/json")
                return device
            seen = f", but model {report.get('model_id')}"
    what = f" model {deployed.model_id}" if deployed.model_id else ""
    said = f"; it says: {reason.rstrip('.')}" if (reason := console.reason()) else ""
    raise JudderError(
        f"Board {deployed.device_id} did not report{what} to {client.url} within {wait_s:g} s{seen}{said}.",
        hint="Are Wi-Fi name, password and server address in its config right?",
    )
