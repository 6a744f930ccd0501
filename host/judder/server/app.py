"""The application: its parts made, its routes named, its life from the first request to the last."""

import asyncio
import contextlib
import hmac
import secrets
import time
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import structlog
from aiohttp import web

from judder import __version__
from judder.server import devices, ingest, models, recordings, scoring
from judder.server.keys import CLOCK_US, DEVICES, INGEST, MODELS, RECORDINGS, SCORING, SETTINGS, STORE
from judder.server.replies import Handler, RequestError, errors_as_json, reply
from judder.server.store import Store
from judder.settings import Settings

PRUNE_EVERY_S = 3600
STATIC = Path(__file__).with_name("static")

log = structlog.get_logger()


def create_app(
    settings: Settings,
    *,
    store: Store | None = None,
    clock: Callable[[], float] = time.time,
) -> web.Application:
    """Return the server's application. clock: Unix time in seconds."""
    app = web.Application(
        middlewares=[errors_as_json, require_token], client_max_size=settings.max_body_bytes
    )
    app[SETTINGS] = settings
    app[STORE] = store or Store(settings.data_dir)
    app[CLOCK_US] = lambda: int(clock() * 1_000_000)
    app[RECORDINGS] = recordings.Recordings(app[STORE])
    app[DEVICES] = devices.Devices(app[STORE])
    app[MODELS] = models.Models(settings.data_dir / models.FOLDER)
    app[MODELS].load(settings.model)
    app[SCORING] = scoring.Scoring(app[MODELS])
    app[INGEST] = ingest.Ingest(
        app[STORE], app[RECORDINGS], app[DEVICES], app[SCORING], settings.max_waiting, secrets.randbits(31)
    )
    app.cleanup_ctx.append(_running_store)
    app.on_response_prepare.append(ingest.exactly_two_headers)
    app.add_routes(
        [
            web.get("/", get_root, allow_head=False),
            web.post("/", ingest.post_reference),
            web.get("/healthz", get_health),
            web.post("/api/v1/windows", ingest.post_windows),
            web.get("/api/v1/windows", ingest.list_windows),
            web.get("/api/v1/devices", devices.list_devices),
            web.post("/api/v1/devices/{device}/status", devices.post_status),
            web.get("/api/v1/alerts", devices.list_alerts),
            web.get("/api/v1/recordings", recordings.list_recordings),
            web.post("/api/v1/recordings", recordings.start_recording),
            web.get(r"/api/v1/recordings/{number:\d+}", recordings.get_recording),
            web.patch(r"/api/v1/recordings/{number:\d+}", recordings.change_recording),
            web.get("/api/v1/model", models.get_model),
            web.put("/api/v1/model", models.put_model),
            web.post("/api/v1/models", models.post_model),
        ]
    )
    return app


async def get_root(request: web.Request) -> web.StreamResponse:
    """A browser gets the page; anything else is a board with the reference's sketch."""
    if "text/html" in request.headers.get("Accept", ""):
        return web.FileResponse(STATIC / "index.html")
    return await ingest.get_reference(request)


async def get_health(request: web.Request) -> web.Response:
    await request.app[STORE].query("SELECT 1")
    return reply({"status": "ok", "version": __version__})


@web.middleware
async def require_token(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Refuse requests without the token, where one is set. /healthz stays open."""
    token = request.app[SETTINGS].token
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if token and request.path != "/healthz" and not hmac.compare_digest(given.encode(), token.encode()):
        raise RequestError(
            401,
            "The token is missing or wrong.",
            hint='Send "Authorization: Bearer TOKEN"; boards: server.token.',
        )
    return await handler(request)


async def _running_store(app: web.Application) -> AsyncIterator[None]:
    await app[STORE].open()
    await app[RECORDINGS].load()
    await app[DEVICES].load()
    pruning = asyncio.create_task(_prune_forever(app))
    yield
    pruning.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await pruning
    await app[STORE].close()


async def _prune_forever(app: web.Application) -> None:
    """Drop windows that belong to no recording once they are older than the settings keep them."""
    while True:
        oldest_us = app[CLOCK_US]() - int(app[SETTINGS].keep_days * 86_400_000_000)
        await app[STORE].write("DELETE FROM windows WHERE recording IS NULL AND received_us < ?", oldest_us)
        await asyncio.sleep(PRUNE_EVERY_S)
