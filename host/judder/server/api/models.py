"""Models over HTTP."""

from typing import Any

from aiohttp import web
from judder_core.model import AnyModel

from judder.server.api.bodies import read_body
from judder.server.api.keys import CLOCK_US, DEVICES, MODELS, ROLLOUT
from judder.server.api.parameters import MODEL_ID
from judder.server.api.replies import reply
from judder.server.services.wishes import GroupOrder, ModelChange


async def list_models(request: web.Request) -> web.Response:
    """List all models kept here, the one in service marked."""
    models = request.app[MODELS]
    listed = [{**_describe(model), "in_service": model is models.current} for model in models.list()]
    return reply({"models": listed, "folder": str(models.folder)})


async def get_model(request: web.Request) -> web.Response:
    """Tell which model is in service."""
    return reply(_describe(request.app[MODELS].in_service()))


async def get_model_file(request: web.Request) -> web.Response:
    """Return a model's file, as boards fetch it."""
    data = request.app[MODELS].read(MODEL_ID.of(request))
    return web.Response(body=data, content_type="application/json")


async def put_model(request: web.Request) -> web.Response:
    """Put a model file into service; a bad one is refused and the old one stays."""
    return _changed(request.app[MODELS].put(await read_body(request)))


async def post_model(request: web.Request) -> web.Response:
    """Keep a model file that boards run, without putting it into service here."""
    return _changed(request.app[MODELS].keep(await read_body(request)))


async def change_model(request: web.Request, _: ModelChange) -> web.Response:
    """Put a model that is kept here into service: the server judges with it where a board asks."""
    return _changed(request.app[MODELS].choose(MODEL_ID.of(request)))


async def delete_model(request: web.Request) -> web.Response:
    """Delete a model that is not in service, and that no board runs or is to fetch."""
    model = request.app[MODELS].find(MODEL_ID.of(request))
    request.app[DEVICES].require_that_none_uses(model.model_id)
    request.app[MODELS].drop(model)
    return _changed(model)


async def post_group_order(request: web.Request, order: GroupOrder) -> web.Response:
    """Have boards fetch a model and run it: one first, the others once it has run there for a minute."""
    rollout, now_us = request.app[ROLLOUT], request.app[CLOCK_US]()
    boards = await rollout.order(order.devices, MODEL_ID.of(request), now_us, anyway=order.anyway)
    return reply({"devices": [board.to_dict(now_us) for board in boards], "server_time_us": now_us})


def _describe(model: AnyModel) -> dict[str, Any]:
    return {
        "model_id": model.model_id,
        "sample_rate_hz": model.sample_rate_hz,
        "window_len": model.window_len,
    }


def _changed(model: AnyModel) -> web.Response:
    return reply({"model_id": model.model_id})
