"""Recordings over HTTP."""

from dataclasses import asdict

from aiohttp import web

from judder.server.api.keys import CLOCK_US, RECORDINGS, SETTINGS
from judder.server.api.parameters import NUMBER
from judder.server.api.replies import reply
from judder.server.services.wishes import RecordingChange, RecordingWish


async def list_recordings(request: web.Request) -> web.Response:
    """List all recordings, and where they are, for judder train --data."""
    recordings = [asdict(recording) for recording in request.app[RECORDINGS].list()]
    return reply({"recordings": recordings, "data_dir": str(request.app[SETTINGS].data_dir)})


async def get_recording(request: web.Request) -> web.Response:
    """Return one recording, and how far it is."""
    return reply(asdict(request.app[RECORDINGS].get(NUMBER.of(request))))


async def start_recording(request: web.Request, wish: RecordingWish) -> web.Response:
    """Start a recording, or go on with an unfinished one."""
    started = await request.app[RECORDINGS].start(
        wish.condition, wish.windows, wish.device, wish.resume, request.app[CLOCK_US]()
    )
    return reply(asdict(started))


async def change_recording(request: web.Request, change: RecordingChange) -> web.Response:
    """Stop a recording, let it go on, rename it, name the pose of its windows from now on, or take it back
    from the trash.
    """
    wanted = change.model_dump(exclude_unset=True)
    return reply(asdict(await request.app[RECORDINGS].alter(NUMBER.of(request), **wanted)))


async def delete_recording(request: web.Request) -> web.Response:
    """Put a recording into the trash, where it may be taken back for keep_days; if it is there, delete it
    for good.
    """
    return reply(asdict(await request.app[RECORDINGS].trash(NUMBER.of(request), request.app[CLOCK_US]())))
