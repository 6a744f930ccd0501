"""judder record: have the server keep a board's next windows under a condition."""

import asyncio
import time
from typing import Annotated, Any

import typer

from judder.cli.app import app
from judder.cli.console import can_ask, next_step, print_json, result, say, wait_for_enter
from judder.cli.progress import Bar, counting
from judder.cli.server import SERVER, Ca, Server, Token
from judder.client import ServerClient, ServerGoneError
from judder.errors import JudderError
from judder.text import word

POLL_S = 0.5
POSE_S = 60


@app.command(epilog="Example: `judder record low/normal --windows 200`")
def record(
    condition: Annotated[
        str, typer.Argument(help="What the machine is doing, such as low/normal; off where it stands still.")
    ],
    windows: Annotated[int, typer.Option(min=1, help="How many windows to keep.")] = 200,
    device: Annotated[str | None, typer.Option(help="Only this board (12 hex digits); default: all.")] = None,
    robust: Annotated[
        bool,
        typer.Option(
            help="Ask each minute to hang the sensor another way, its pose, and keep the poses apart."
        ),
    ] = False,
    server: Server = SERVER,
    token: Token = "",
    ca: Ca = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the recording as JSON.")] = False,
) -> None:
    """Record a condition. After a break, the same command goes on where it stopped.

    Once it is whole, the same command records it again: on another day, that is a session more to train on.
    """
    if robust and not can_ask():
        raise JudderError(
            "--robust asks for a change of pose each minute and there is no terminal.",
            hint="Record each pose by hand: judder record CONDITION-pose1, then -pose2 ...",
        )
    recording = asyncio.run(_record(ServerClient(server, token, ca), condition, windows, device, robust))
    if as_json:
        print_json(recording)
    else:
        result(f"{recording['recorded']} windows of {condition} recorded (recording {recording['id']})")
    next_step(f"judder train --data DATA_DIR --normal {word(condition)} --out fan.judder.json")


async def _record(
    server: ServerClient, condition: str, windows: int, device: str | None, robust: bool
) -> dict[str, Any]:
    async with server as client:
        recording = await client.post(
            "/api/v1/recordings",
            {"condition": condition, "windows": windows, "device": device, "resume": True},
        )
        if recording["recorded"]:
            say(f"resuming: {recording['recorded']} windows are already there")
        try:
            return await _follow(client, recording, robust)
        except asyncio.CancelledError:  # Ctrl-C
            await client.patch(f"/api/v1/recordings/{recording['id']}", {"state": "stopped"})
            say("stopped; the same command goes on where it stopped")
            raise


async def _follow(client: ServerClient, recording: dict[str, Any], robust: bool) -> dict[str, Any]:
    """Show the progress of a recording until it is done; a server that is away is waited for."""
    path = f"/api/v1/recordings/{recording['id']}"
    pose, next_pose_at = 0, time.monotonic()
    with counting(recording["condition"], recording["wanted"]) as bar:
        while recording["state"] != "done":
            if robust and time.monotonic() >= next_pose_at:
                pose += 1
                await _change_pose(client, path, pose, bar)
                next_pose_at = time.monotonic() + POSE_S
            try:
                recording = await client.get(path)
                bar.update(recording["recorded"], doing=recording["condition"])
            except ServerGoneError:
                bar.update(doing=f"{recording['condition']} (server away, waiting)")
            await asyncio.sleep(POLL_S)
        bar.update(recording["recorded"])
    return recording


async def _change_pose(client: ServerClient, path: str, pose: int, bar: Bar) -> None:
    """Stop, let the person move the sensor, go on under a new stamp."""
    await client.patch(path, {"state": "stopped"})
    with bar.paused():
        await asyncio.to_thread(
            wait_for_enter, f"Pose {pose}: mount the sensor a little differently, then press Enter"
        )
    await client.patch(path, {"state": "running", "pose": f"pose-{pose}"})
