"""judder alerts: whether alerts reach people."""

import asyncio
import time
from typing import Annotated, Any

import typer

from judder.cli.app import app
from judder.cli.console import next_step, print_json, print_table, result, say
from judder.cli.server import SERVER, Ca, Server, Token
from judder.cli.times import day
from judder.client import ServerClient
from judder.errors import JudderError
from judder.server.notify.channel import Channel, DeliveryError
from judder.server.notify.channels import SWITCHES, make_channels
from judder.server.notify.message import TEST, Message, make_key
from judder.server.storage.levels import ALARM
from judder.settings import load_settings

alerts = typer.Typer(no_args_is_help=True, help="Check that alerts reach people.")

Number = Annotated[int, typer.Argument(help="Of judder alerts list.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print as JSON.")]
app.add_typer(alerts, name="alerts")


@alerts.command(epilog="Example: `judder alerts test`")
def test(as_json: AsJson = False) -> None:
    """Send a test message through every channel of judder.toml, and say which took it."""
    settings = load_settings()
    channels = make_channels(settings)
    if not channels:
        raise JudderError(
            "No alert channel is set up.", hint=f"Set one of {', '.join(SWITCHES)}: judder.example.toml"
        )
    message = Message(make_key(), TEST, int(time.time() * 1e6), url=settings.public_url)
    sent = asyncio.run(_send(channels, message))
    if as_json:
        print_json(sent)
    for row in [] if as_json else sent:
        result(f"{row['channel']}: {row['error'] or 'delivered to ' + str(row['target'])}", hint=row["hint"])
    if settings.alert_least_level == ALARM and not as_json:
        say("people are told of alarms only: alert_least_level")
    if any(row["error"] for row in sent):
        raise typer.Exit(1)


@alerts.command("list", epilog="Example: `judder alerts list`")
def list_messages(server: Server = SERVER, token: Token = "", ca: Ca = None, as_json: AsJson = False) -> None:
    """List the messages that could not be sent, and why."""
    messages = asyncio.run(_ask(ServerClient(server, token, ca), "GET"))["messages"]
    if as_json:
        print_json(messages)
        return
    if not messages:
        result("every message was sent")
        return
    rows = ((m["number"], m["channel"], day(m["created_us"]), m["subject"], m["error"]) for m in messages)
    print_table(("number", "channel", "written", "subject", "why not"), rows)
    first = messages[0]["number"]
    next_step(f"judder alerts send {first}, or judder alerts drop {first}")


@alerts.command(epilog="Example: `judder alerts send 5`")
def send(number: Number, server: Server = SERVER, token: Token = "", ca: Ca = None) -> None:
    """Try a message again that could not be sent."""
    asyncio.run(_ask(ServerClient(server, token, ca), "PATCH", number))
    result(f"message {number} is tried again")


@alerts.command(epilog="Example: `judder alerts drop 5`")
def drop(number: Number, server: Server = SERVER, token: Token = "", ca: Ca = None) -> None:
    """Forget a message that could not be sent."""
    asyncio.run(_ask(ServerClient(server, token, ca), "DELETE", number))
    result(f"message {number} is forgotten")


async def _ask(client: ServerClient, method: str, number: int | None = None) -> dict[str, Any]:
    """Return the server's answer about the messages that could not be sent, or about one of them."""
    path = "/api/v1/messages" if number is None else f"/api/v1/messages/{number}"
    async with client:
        if method == "PATCH":
            return await client.patch(path, {"again": True})
        return await (client.delete(path) if method == "DELETE" else client.get(path))


async def _send(channels: list[Channel], message: Message) -> list[dict[str, str | None]]:
    """Return a row a channel: what it is, where it leads, and what went wrong, if anything."""
    return [await _try(channel, message) for channel in channels]


async def _try(channel: Channel, message: Message) -> dict[str, str | None]:
    row = {"channel": channel.name, "target": channel.target, "error": None, "hint": None}
    try:
        await channel.deliver(message)
    except DeliveryError as error:
        row |= {"error": str(error), "hint": error.hint}
    return row
