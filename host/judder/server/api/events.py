"""What happens, streamed to pages."""

import asyncio

from aiohttp import web

from judder.server.api.guards import may_still
from judder.server.api.keys import CLOCK_US, EVENTS
from judder.server.services.events import Event

GATHER_S = 0.2
"""What happens within this time goes out in one piece: one write per page, not one per event."""
IDLE_S = 5.0
STALLED_S = 20.0
"""A page that takes nothing for so long is cut off; it comes back by itself when it wakes."""


async def get_events(request: web.Request) -> web.StreamResponse:
    """Stream what happens, as server-sent events. Last-Event-ID: where the reader left off."""
    response = web.StreamResponse(headers={"Content-Type": "text/event-stream", "Cache-Control": "no-store"})
    await response.prepare(request)
    with request.app[EVENTS].subscribe(since=request.headers.get("Last-Event-ID", "")) as subscription:
        while not subscription.ended:
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
