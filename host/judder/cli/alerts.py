"""judder alerts: whether alerts reach people."""

import asyncio
import time
from typing import Annotated

import typer

from judder.cli.app import app
from judder.cli.console import print_json, result, say
from judder.errors import JudderError
from judder.server.notify.channel import Channel, DeliveryError
from judder.server.notify.channels import SWITCHES, make_channels
from judder.server.notify.message import TEST, Message, make_key
from judder.server.storage.levels import ALARM
from judder.settings import load_settings

alerts = typer.Typer(no_args_is_help=True, help="Check that alerts reach people.")
app.add_typer(alerts, name="alerts")


@alerts.command(epilog="Example: `judder alerts test`")
def test(as_json: Annotated[bool, typer.Option("--json", help="Print as JSON.")] = False) -> None:
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
