"""What happens, streamed to pages."""

import asyncio
import socket

from aiohttp import web

from judder.server.api.guards import may_still
from judder.server.api.keys import CLOCK_US, EVENTS, SETTINGS
from judder.server.services.errors import Busy
from judder.server.services.events import Event

GATHER_S = 0.2
"""What happens within this time goes out in one piece: one write per page, not one per event."""
IDLE_S = 5.0
STALLED_S = 20.0
"""A page that takes nothing for so long is cut off; it comes back by itself when it wakes."""
PAGES_RETRY_S = 10
LIFE_S = 3600.0
"""A page comes back after so long: of one that reads nothing while little happens, nobody else would know."""
SEND_BUFFER = 64 * 1024
"""Bytes that the system may hold for a page. Linux takes 4 MB if left alone: hours of a quiet server."""
HEADERS = {
    "Content-Type": "text/event-stream",
    "Cache-Control": "no-store",
    "X-Accel-Buffering": "no",  # nginx and Home Assistant pass each event on at once
}


async def get_events(request: web.Request) -> web.StreamResponse:
    """Stream what happens, as server-sent events. Last-Event-ID: where the reader left off."""
    loop, bus = asyncio.get_running_loop(), request.app[EVENTS]
    if bus.pages >= request.app[SETTINGS].max_pages:
        raise Busy("Too many pages follow the events.", hint="Close some.", retry_after_s=PAGES_RETRY_S)
    response = web.StreamResponse(headers=HEADERS)
    response.force_close()
    await response.prepare(request)
    _bound_buffer(request)
    until = loop.time() + LIFE_S
    with bus.subscribe(since=request.headers.get("Last-Event-ID", "")) as subscription:
        while not subscription.ended and loop.time() < until:
            events = await subscription.take(IDLE_S)
            if not may_still(request):
                break
            now = Event("", "time", {"server_time_us": request.app[CLOCK_US]()})
            try:
                async with asyncio.timeout(STALLED_S):
                    await response.write(b"".join(event.encoded for event in [*events, now]))
            except (TimeoutError, ConnectionError):
                if request.transport:
                    request.transport.abort()
                break
            await asyncio.sleep(GATHER_S)
    return response


def _bound_buffer(request: web.Request) -> None:
    """Have the system hold no more than SEND_BUFFER for who asked."""
    connected = request.transport and request.transport.get_extra_info("socket")
    if connected:
        connected.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER)
