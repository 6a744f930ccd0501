"""judder serve: the server that boards send their windows to."""

import asyncio
import contextlib
import signal
from enum import StrEnum
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Annotated

import typer
from aiohttp import web

from judder import log
from judder.cli.app import app
from judder.cli.console import next_step, result, say, warn
from judder.cli.server import at
from judder.server.api.keys import CLOCK_US, MESSENGER, RECORDINGS, SETTINGS, TASKS, TOKENS
from judder.server.notify.channels import SWITCHES
from judder.server.running import RunningServer, run, running, spare_the_collector
from judder.server.services.addresses import own_addresses
from judder.server.services.wishes import RecordingWish, parse
from judder.server.storage.levels import ALARM
from judder.settings import Settings, load_settings, sources


class Level(StrEnum):
    DEBUG = "debug"
    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


@app.command(epilog="Example: `judder serve --data-dir fan-data --model fan.judder.json`")
def serve(
    data_dir: Annotated[
        Path | None, typer.Option(help="Where windows, recordings and models are kept.")
    ] = None,
    host: Annotated[
        str | None, typer.Option(help="Address to listen on. Default: this machine's own.")
    ] = None,
    port: Annotated[
        int | None, typer.Option(help="Port to listen on; 0 takes a free one. Default 1337.")
    ] = None,
    model: Annotated[
        Path | None,
        typer.Option(help="Model that scores windows boards ask about; a .tflite is run by LiteRT."),
    ] = None,
    is_open: Annotated[
        bool,
        typer.Option("--open", help="Listen to the network, and require boards' keys and people's tokens."),
    ] = False,
    record: Annotated[str | None, typer.Option(help="Start recording this condition at once.")] = None,
    windows: Annotated[int, typer.Option(help="How many windows --record wants.")] = 200,
    stop_after_s: Annotated[float | None, typer.Option("--for", help="Stop after this many seconds.")] = None,
    log_level: Annotated[Level, typer.Option(help="What is logged: this and what is worse.")] = Level.INFO,
) -> None:
    """Take in the boards' windows, store and score them, until Ctrl-C."""
    log.configure(log_level)
    settings = load_settings(data_dir=data_dir, host=host, port=port, model=model, open=is_open or None)
    wish = record and parse(RecordingWish, {"condition": record, "windows": windows, "resume": True})
    run(_serve(settings, wish or None, stop_after_s))


async def _serve(settings: Settings, wish: RecordingWish | None, stop_after_s: float | None) -> None:
    async with running(settings) as server:
        spare_the_collector()
        if wish:
            now_us = server.app[CLOCK_US]()
            await server.app[RECORDINGS].start(wish.condition, wish.windows, None, wish.resume, now_us)
            say(f"recording {wish.condition}: {wish.windows} windows wanted")
        result(f"Judder listens on {server.url}, data in {settings.data_dir}")
        _say_who_may(server)
        say(f"alerts go to: {_receivers(server.app)}")
        next_step(f"open {server.url}, or judder learn{at(server.url)}")
        server.app[TASKS].supervise("mdns", partial(_announce, settings, server.port))
        await _until_stopped(stop_after_s)


def _say_who_may(server: RunningServer) -> None:
    """Print the first token, for the only time, and warn where anybody may do anything."""
    token, settings = server.app[TOKENS].first, server.settings
    if token:
        host = next(iter(own_addresses(settings.listens_on)), "localhost")
        result(f"an administrator's token, shown this once: {token}")
        scheme = server.url.partition(":")[0]
        result(f"log in: {scheme}://{host}:{server.port}/#login={token}")
    if settings.token:
        say(f"everybody needs a token: an administrator's is in {sources({})['token']}")
    if settings.is_unguarded:
        warn("anybody in the network may send windows, read all and change all: require_keys is off")


async def _announce(settings: Settings, port: int) -> None:
    """Announce the server by mDNS until cancelled, where that is wanted and others reach it."""
    addresses = own_addresses(settings.listens_on) if settings.mdns else []
    if addresses:
        # Loading it takes as long as half the server: boards are answered meanwhile.
        discovery = await asyncio.to_thread(import_module, "judder.server.services.discovery")
        await discovery.announce(addresses, port)


def _receivers(application: web.Application) -> str:
    channels = [courier.channel for courier in application[MESSENGER].couriers]
    only = ", alarms only" if application[SETTINGS].alert_least_level == ALARM else ""
    told = [f"{channel.name} ({channel.target}{only})" for channel in channels]
    return ", ".join(told) or f"the page only ({', '.join(SWITCHES)}: see REFERENCE.md)"


async def _until_stopped(stop_after_s: float | None) -> None:
    """Return after stop_after_s seconds (None: never), or at SIGTERM, so that all that waits is stored."""
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(stop.wait(), stop_after_s)
