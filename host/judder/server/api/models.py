"""Models over HTTP."""

from typing import Any

from aiohttp import web
from judder_core.model import Model

from judder.server.api.keys import EVENTS, MODELS
from judder.server.api.replies import read_json, reply
from judder.server.services.errors import Invalid, NotFound


async def list_models(request: web.Request) -> web.Response:
    """List the models, the one in service marked. folder: where their files are, on the server."""
    models = request.app[MODELS]
    listed = [{**_describe(model), "in_service": model is models.current} for model in models.list()]
    return reply({"models": listed, "folder": str(models.folder)})


async def get_model(request: web.Request) -> web.Response:
    model = request.app[MODELS].current
    if model is None:
        raise NotFound("No model is in service.", hint="judder serve --model, or PUT /api/v1/model")
    return reply(_describe(model))


async def get_model_file(request: web.Request) -> web.Response:
    """Return a model's file, as boards fetch it."""
    data = request.app[MODELS].read(request.match_info["model_id"])
    return web.Response(body=data, content_type="application/json")


async def put_model(request: web.Request) -> web.Response:
    """Take a model file as the body; a bad one is refused and the old one stays in service."""
    return _changed(request, request.app[MODELS].put(await request.read()))


async def post_model(request: web.Request) -> web.Response:
    """Take a model file that boards run, without putting it into service here."""
    return _changed(request, request.app[MODELS].keep(await request.read()))


async def change_model(request: web.Request) -> web.Response:
    """Take {"in_service": true}: the server judges with this model where a board asks."""
    body = await read_json(request)
    if body != {"in_service": True}:
        raise Invalid(f"{body!r} is no change.", hint='Send {"in_service": true}.')
    return _changed(request, request.app[MODELS].choose(request.match_info["model_id"]))


def _describe(model: Model) -> dict[str, Any]:
    return {
        "model_id": model.model_id,
        "sample_rate_hz": model.sample_rate_hz,
        "window_len": model.window_len,
    }


def _changed(request: web.Request, model: Model) -> web.Response:
    request.app[EVENTS].publish("model", {"model_id": model.model_id})
    return reply({"model_id": model.model_id})
