"""A bare aiohttp application that answers every POST with nothing: what HTTP alone costs.

usage: python -m judder.bench.speed.bare [uvloop]; prints its port
"""

import asyncio
import sys

from aiohttp import web

from judder.server.running import run


async def _answer(request: web.Request) -> web.Response:
    return web.Response()


async def serve() -> None:
    """Serve until killed."""
    app = web.Application()
    app.router.add_post("/", _answer)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    print(f"Listens on port :{runner.addresses[0][1]},", flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    if "uvloop" in sys.argv:
        run(serve())
    else:
        asyncio.run(serve())
