"""judder replay: send a recording to a server as a board would."""

import asyncio
from dataclasses import asdict
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer
from judder_core import wire

from judder.boards.client import BoardClient
from judder.boards.replay import Replayed, as_frames, as_reference
from judder.cli.app import app
from judder.cli.board_key import check_key
from judder.cli.console import next_step, print_json, result, say, warn
from judder.cli.options import DATA_HELP, SampleRate, WindowLen, read_recordings
from judder.cli.progress import counting
from judder.cli.server import SERVER, Ca, Server, Token
from judder.client import ServerBusyError, ServerClient
from judder.data.sources import windows_of
from judder.errors import JudderError

TRIES = 3


class Protocol(StrEnum):
    judder = "judder"
    reference = "reference"


@app.command(epilog="Example: `judder replay fan.zip --condition low --speed 10`")
def replay(
    data: Annotated[Path, typer.Argument(help=DATA_HELP)],
    condition: Annotated[list[str] | None, typer.Option(help="Only this condition. Repeatable.")] = None,
    server: Server = SERVER,
    protocol: Annotated[
        Protocol, typer.Option(help="Frames, or the reference sketch's JSON.")
    ] = Protocol.judder,
    speed: Annotated[
        float, typer.Option(min=0, help="Times real time; 0 as fast as the server takes.")
    ] = 1.0,
    device: Annotated[str, typer.Option(help="The board to pose as, 12 hex digits.")] = "02000000000a",
    sample_rate: SampleRate = None,
    window_len: WindowLen = None,
    limit: Annotated[int | None, typer.Option(min=1, help="Send no more windows than this.")] = None,
    token: Token = "",
    ca: Ca = None,
    key: Annotated[
        str | None,
        typer.Option(envvar="JUDDER_KEY", help="That board's key, as judder key add prints it: sign by it."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print what the server said as JSON.")] = False,
) -> None:
    """Send the windows of a recording to a server, as a board would, and tell what it answered."""
    if len(device) != 12 or set(device.lower()) - set("0123456789abcdef"):
        raise JudderError(
            f"--device {device} is no board's id.", hint="Give 12 hex digits, such as 02000000000a."
        )
    windows = windows_of(
        read_recordings(data), condition or (), sample_rate_hz=sample_rate, window_len=window_len
    )
    for note in windows.notes:
        warn(note)
    make = as_frames if protocol is Protocol.judder else as_reference
    bodies = list(make(windows, bytes.fromhex(device)))[:limit]
    pause_s = windows.window_len / windows.sample_rate_hz / speed if speed else 0.0
    key = check_key(key)
    client = BoardClient(server, key, device.lower(), ca) if key else ServerClient(server, token, ca)
    sent = asyncio.run(_send(bodies, client, protocol, pause_s))
    if as_json:
        print_json(asdict(sent))
    else:
        levels = f"{sent.notices} under a notice, {sent.alerts} under an alarm"
        result(f"{sent.windows} windows sent: {sent.anomalies} judged anomalous, {levels}")
    next_step(f"look at {server}, or judder record CONDITION")


async def _send(bodies: list[bytes], client: ServerClient, protocol: Protocol, pause_s: float) -> Replayed:
    sent = Replayed()
    path, kind = "/api/v1/windows", wire.CONTENT_TYPE
    if protocol is Protocol.reference:
        path, kind = "/", "application/json"
    async with client:
        with counting("sending", len(bodies)) as bar:
            for body in bodies:
                sent.take(await _send_one(client, path, body, kind))
                bar.update(sent.windows)
                await asyncio.sleep(pause_s)
    return sent


async def _send_one(client: ServerClient, path: str, body: bytes, kind: str) -> dict[str, Any]:
    """Return the answer to a window; where the server asks for patience it is sent again, a few times."""
    for _ in range(TRIES):
        try:
            return await client.send(path, body, kind)
        except ServerBusyError as error:
            say(f"waiting {error.retry_after_s} s: {error}")
            await asyncio.sleep(error.retry_after_s)
    return await client.send(path, body, kind)
