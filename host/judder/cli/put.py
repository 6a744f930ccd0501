"""judder put: a model on its way to boards, over the network."""

import asyncio
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from judder.cli.app import app
from judder.cli.console import next_step, print_json, result, say
from judder.cli.learn import choose
from judder.cli.server import SERVER, Ca, Server, Token
from judder.cli.trouble import name_of
from judder.client import ServerClient
from judder.errors import JudderError
from judder.model.files import read_model

POLL_S = 1.0
ASKED_S = 2.0
"""For asking a model about a board's last windows; 0.12 s each for 27 features (2026-11-30)."""
Boards = dict[str, dict[str, Any]]


@app.command(epilog="Example: `judder put fan.judder.json --board fan-attic`")
def put(
    model: Annotated[str, typer.Argument(help="A model file, or the id of a model that the server keeps.")],
    board: Annotated[
        list[str] | None, typer.Option("--board", help="A board's name or device id. Repeatable.")
    ] = None,
    all_boards: Annotated[bool, typer.Option("--all", help="Every board that takes models.")] = False,
    anyway: Annotated[
        bool, typer.Option("--anyway", help="Also where it would have alarmed in the last windows.")
    ] = False,
    wait: Annotated[bool, typer.Option(help="Wait until the boards have run it for a minute.")] = True,
    server: Server = SERVER,
    token: Token = "",
    ca: Ca = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print what became of it as JSON.")] = False,
) -> None:
    """Put a model on boards over the network: on one first, on the others once it has run there well.

    The server first asks the model about the last windows of each board, and refuses one that would have
    alarmed. A board that alarms at once with it, or starts again and again, gets the model before back.
    """
    client = ServerClient(server, token, ca)
    found = asyncio.run(_put(client, model, board, all_boards, anyway, wait))
    orders = {device_id: {"name": name_of(device), **device["order"]} for device_id, device in found.items()}
    if as_json:
        print_json(orders)
    for order in [] if as_json else orders.values():
        result(f"{order['name']}: {_words(order)}")
    next_step(f"watch them at {server}/")
    if any(_failed(device["order"]) for device in found.values()):
        raise typer.Exit(1)


async def _put(
    client: ServerClient, model: str, names: list[str] | None, everywhere: bool, anyway: bool, wait: bool
) -> Boards:
    async with client:
        model_id = await _kept(client, model)
        boards = _chosen((await client.devices()).values(), names, everywhere)
        wish = {"devices": boards, "anyway": anyway}
        path, more_s = f"/api/v1/models/{model_id}/boards", ASKED_S * len(boards)
        ordered = (await client.post(path, wish, more_s))["devices"]
        found: Boards = {device["device_id"]: device for device in ordered}
        for device in ordered:
            tested = device["order"]["backtest"]
            say(
                f"{name_of(device)}: of its last {tested['windows']} windows {model_id} would have alarmed in"
                f" {tested['alarms']}, and given notice in {tested['notices']}"
            )
        return await _follow(client, found) if wait else found


async def _kept(client: ServerClient, model: str) -> str:
    """Return the id of a model after the server keeps it. Raises JudderError where it is none."""
    if not Path(model).exists() and not model.endswith(".json"):
        return model
    _, data = read_model(Path(model))
    answer = await client.send("/api/v1/models", data, "application/json")
    return str(answer["model_id"])


def _chosen(devices: Collection[dict[str, Any]], names: list[str] | None, everywhere: bool) -> list[str]:
    """Return the ids of the boards that are meant. Raises JudderError."""
    if everywhere:
        found = [device["device_id"] for device in devices if device["takes_models"]]
        if not found:
            raise JudderError("No board takes a model over the network.", hint="judder deploy --model")
        return found
    wanted: Sequence[str | None] = names or [None]
    return [choose(devices, name)["device_id"] for name in wanted]


async def _follow(client: ServerClient, boards: Boards) -> Boards:
    """Say what becomes of the orders, until all have passed or failed."""
    told: dict[str, str] = {}
    while True:
        devices = await client.devices()
        boards = {device_id: devices.get(device_id, before) for device_id, before in boards.items()}
        for device_id, device in boards.items():
            words = _words(device["order"])
            if told.get(device_id) != words:
                told[device_id] = words
                say(f"{name_of(device)}: {words}")
        if all(device["order"]["passed"] or _failed(device["order"]) for device in boards.values()):
            return boards
        await asyncio.sleep(POLL_S)


def _failed(order: dict[str, Any]) -> bool:
    return bool(order["error"] or order["why"])


def _words(order: dict[str, Any]) -> str:
    if _failed(order):
        return str(order["error"] or f"goes back to {order['model_id']}: {order['why']}")
    if order["passed"]:
        return f"runs {order['model_id']}"
    if order["after"]:
        return "waits until the first board has run it for a minute"
    return "runs it on trial" if order["done"] else "is told to fetch it"
