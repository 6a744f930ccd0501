"""judder serve: the server that boards send their windows to."""

import asyncio
import contextlib
import signal
from pathlib import Path
from typing import Annotated

import typer
from aiohttp import web

from judder import log
from judder.cli.app import app
from judder.cli.console import next_step, result, say
from judder.cli.server import at
from judder.errors import JudderError
from judder.server.api.keys import CLOCK_US, MESSENGER, RECORDINGS
from judder.server.app import create_app
from judder.server.services.discovery import announce, own_addresses
from judder.settings import Settings, load_settings

SHUTDOWN_S = 2.0
"""How long a page that takes nothing may hold up the end."""


@app.command(epilog="Example: `judder serve --data-dir fan-data --model fan.judder.json`")
def serve(
    data_dir: Annotated[Path | None, typer.Option(help="Where windows and recordings are kept.")] = None,
    host: Annotated[str | None, typer.Option(help="Address to listen on. Default: every one.")] = None,
    port: Annotated[
        int | None, typer.Option(help="Port to listen on; 0 takes a free one. Default 1337.")
    ] = None,
    model: Annotated[
        Path | None,
        typer.Option(help="Model that scores windows boards ask about; a .tflite is run by LiteRT."),
    ] = None,
    record: Annotated[str | None, typer.Option(help="Start recording this condition at once.")] = None,
    windows: Annotated[int, typer.Option(help="How many windows --record wants.")] = 200,
    stop_after_s: Annotated[float | None, typer.Option("--for", help="Stop after this many seconds.")] = None,
    log_level: Annotated[str, typer.Option(help="debug, info, warning or error.")] = "info",
) -> None:
    """Take in the boards' windows, store and score them, until Ctrl-C."""
    log.configure(log_level)
    settings = load_settings(data_dir=data_dir, host=host, port=port, model=model)
    asyncio.run(_serve(settings, record, windows, stop_after_s))


async def _serve(settings: Settings, record: str | None, windows: int, stop_after_s: float | None) -> None:
    application = create_app(settings)
    runner = web.AppRunner(application, access_log=None, shutdown_timeout=SHUTDOWN_S)
    await runner.setup()
    try:
        if record:
            await application[RECORDINGS].start(record, windows, None, True, application[CLOCK_US]())
            say(f"recording {record}: {windows} windows wanted")
        site = web.TCPSite(runner, settings.host, settings.port)
        try:
            await site.start()
        except OSError as error:
            raise JudderError(
                f"{settings.host}:{settings.port} cannot be listened on: {error.strerror}.",
                hint="Is another server running? Choose another with --port.",
            ) from error
        port = runner.addresses[0][1]
        shown = "localhost" if settings.host in ("0.0.0.0", "127.0.0.1") else settings.host
        result(f"Judder listens on http://{shown}:{port}, data in {settings.data_dir}")
        say(f"alerts go to: {_receivers(application)}")
        addresses = own_addresses(settings.host) if settings.mdns else []
        announcing = asyncio.create_task(announce(addresses, port)) if addresses else None
        url = f"http://{shown}:{port}"
        next_step(f"open {url}, or judder learn{at(url)}")
        await _until_stopped(stop_after_s)
        if announcing:
            announcing.cancel()
            await asyncio.gather(announcing, return_exceptions=True)
    finally:
        await runner.cleanup()


def _receivers(application: web.Application) -> str:
    channels = [courier.channel for courier in application[MESSENGER].couriers]
    told = [f"{channel.name} ({channel.target})" for channel in channels]
    return ", ".join(told) or "the page only (webhook_url, mqtt_host, smtp_host: see REFERENCE.md)"


async def _until_stopped(stop_after_s: float | None) -> None:
    """Return after stop_after_s seconds (None: never), or at SIGTERM, so that all that waits is stored."""
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(stop.wait(), stop_after_s)
