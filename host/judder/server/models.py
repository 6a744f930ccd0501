"""The models this server keeps: which it has, which one it judges with."""

from typing import Any

from aiohttp import web
from judder_core.model import Model

from judder.server.keys import EVENTS, SCORING, SETTINGS
from judder.server.replies import RequestError, read_json, reply
from judder.server.scoring import MODELS


def _describe(model: Model) -> dict[str, Any]:
    return {
        "model_id": model.model_id,
        "sample_rate_hz": model.sample_rate_hz,
        "window_len": model.window_len,
    }


async def list_models(request: web.Request) -> web.Response:
    """List the models, the one in service marked. folder: where their files are, on the server."""
    scoring = request.app[SCORING]
    models = [{**_describe(m), "in_service": m is scoring.model} for m in scoring.models()]
    return reply({"models": models, "folder": str(request.app[SETTINGS].data_dir / MODELS)})


async def get_model(request: web.Request) -> web.Response:
    model = request.app[SCORING].model
    if model is None:
        raise RequestError(404, "No model is in service.", hint="judder serve --model, or PUT /api/v1/model")
    return reply(_describe(model))


async def put_model(request: web.Request) -> web.Response:
    """Take a model file as the body; a bad one is refused and the old one stays in service."""
    return _changed(request, request.app[SCORING].put(await request.read()))


async def post_model(request: web.Request) -> web.Response:
    """Take a model file that boards run, without putting it into service here."""
    return _changed(request, request.app[SCORING].keep(await request.read()))


async def change_model(request: web.Request) -> web.Response:
    """Take {"in_service": true}: the server judges with this model where a board asks."""
    body = await read_json(request)
    if body != {"in_service": True}:
        raise RequestError(400, f"{body!r} is no change.", hint='Send {"in_service": true}.')
    return _changed(request, request.app[SCORING].choose(request.match_info["model_id"]))


def _changed(request: web.Request, model: Model) -> web.Response:
    request.app[EVENTS].publish("model", {"model_id": model.model_id})
    return reply({"model_id": model.model_id})
