"""Recordings over HTTP."""

from dataclasses import asdict

from aiohttp import web

from judder.server.api.keys import CLOCK_US, RECORDINGS, SETTINGS
from judder.server.api.replies import read_json, reply
from judder.server.services.errors import Conflict, Invalid
from judder.server.services.recordings import DONE, POSE, RUNNING, STOPPED, parse_wish


async def list_recordings(request: web.Request) -> web.Response:
    """List all recordings. data_dir: where the server keeps them, for judder train --data."""
    recordings = [asdict(recording) for recording in request.app[RECORDINGS].list()]
    return reply({"recordings": recordings, "data_dir": str(request.app[SETTINGS].data_dir)})


async def get_recording(request: web.Request) -> web.Response:
    return reply(asdict(request.app[RECORDINGS].get(int(request.match_info["number"]))))


async def start_recording(request: web.Request) -> web.Response:
    body = await read_json(request)
    condition, wanted = parse_wish(body)
    device = body.get("device")
    if device is not None and not (isinstance(device, str) and device.isprintable() and len(device) <= 80):
        raise Invalid(f"{device!r} is no board.", hint="Give its device_id, or null for all.")
    resume = bool(body.get("resume", False))
    started = await request.app[RECORDINGS].start(condition, wanted, device, resume, request.app[CLOCK_US]())
    return reply(asdict(started))


async def change_recording(request: web.Request) -> web.Response:
    """Take {"state": "running" | "stopped"} and {"pose": name}."""
    recordings = request.app[RECORDINGS]
    recording = recordings.get(int(request.match_info["number"]))
    body = await read_json(request)
    if body.get("state", RUNNING) not in (RUNNING, STOPPED) or not set(body) <= {"state", "pose"}:
        raise Invalid(f"{body!r} is no change.", hint='Send {"state": "stopped"} or {"pose": name}.')
    pose = body.get("pose")
    if pose is not None and not (isinstance(pose, str) and POSE.fullmatch(pose)):
        raise Invalid(f"{pose!r} is no pose.", hint="Name it in letters and digits, such as pose-1.")
    if recording.state == DONE and "state" in body:
        raise Conflict(f"Recording {recording.id} is done.", hint="Start a new one.")
    change = recordings.go_on if body.get("state") == RUNNING else recordings.change
    return reply(asdict(await change(recording, **body)))
