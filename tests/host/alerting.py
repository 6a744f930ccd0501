"""A board that raises alerts on a server, and receivers for what it then tells."""

import asyncio
import contextlib

from aiohttp import web
from judder_core.window import FLAG_ALERT, FLAG_LOCAL_SCORE, FLAG_NOTICE

DEVICE = "020000000001"
NOTICE = FLAG_LOCAL_SCORE | FLAG_NOTICE
ALERT = NOTICE | FLAG_ALERT
FLAGS = {"normal": FLAG_LOCAL_SCORE, "notice": NOTICE, "alarm": ALERT}


class Board:
    """Sends windows to a running server, at the level that it is told, or with the alarm on or off."""

    def __init__(self, server):
        self._server = server
        self._seq = 0

    async def send(self, alert):
        return await self.at("alarm" if alert else "normal")

    async def at(self, *levels):
        """Send a window at each of levels; return the last answer."""
        for level in levels:
            self._seq += 1
            answer = await self._server.send(seq=self._seq, flags=FLAGS[level])
        return answer

    async def report(self, **status):
        await self._server.ask("POST", f"/api/v1/devices/{DEVICE}/status", json=status)


class Receiver:
    """A webhook's receiver. answers: the status of each next answer, None for a connection cut; then 200."""

    def __init__(self):
        self.answers = []
        self.got = []

    async def take(self, request):
        body = await request.read()
        status = self.answers.pop(0) if self.answers else 200
        self.got.append((dict(request.headers), body, status))
        if status is None:
            request.transport.abort()
        return web.Response(status=status or 500)


@contextlib.asynccontextmanager
async def receiving(port=0):
    """Yield a Receiver and its URL."""
    receiver = Receiver()
    app = web.Application()
    app.router.add_post("/hook", receiver.take)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    try:
        yield receiver, f"http://127.0.0.1:{runner.addresses[0][1]}/hook"
    finally:
        await runner.cleanup()


async def until(happens, timeout_s=20):
    """Return what happens() returns, once that is true."""
    async with asyncio.timeout(timeout_s):
        while not (found := happens()):
            await asyncio.sleep(0.02)
    return found
