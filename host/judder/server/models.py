"""The models this server knows: the one in service, and those that its boards run."""

from pathlib import Path
from typing import Any

from aiohttp import web
from judder_core import model_file as artefact
from judder_core.errors import CoreError, ModelError
from judder_core.model import Detector, Model

from judder import numeric_numpy
from judder.errors import JudderError
from judder.server.keys import EVENTS, MODELS
from judder.server.replies import RequestError, read_json, reply
from judder.tflite.files import load_network

FOLDER = "models"
CURRENT = "current"


class Models:
    """Models by the first bytes of their hash, and the one in service.

    folder keeps every model that was put in service, so that a board's hash names its threshold.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._by_hash: dict[bytes, Model] = {}
        self.current: Model | None = None

    def load(self, path: Path | None) -> None:
        """Load the models of old, and put the one in path, or the last one in service, into service."""
        for file in sorted(self.folder.glob("*.judder.json")):
            try:
                self._remember(artefact.load(file.read_bytes(), numeric_numpy))
            except CoreError:
                continue  # of another version; boards that still run it judge by themselves
        current = self.folder / CURRENT
        if path and path.suffix == ".tflite":
            model, data = load_network(path)  # LiteRT scores, as long as this server runs
            self.put(data)
            self.current = self._remember(model)
        elif path:
            self.put(_read(path))
        elif current.exists() and (self.folder / current.read_text()).exists():
            self.current = self._remember(
                artefact.load((self.folder / current.read_text()).read_bytes(), numeric_numpy)
            )

    def put(self, data: bytes) -> Model:
        """Put the model in data into service. Raises ModelError, and the old one stays."""
        return self._serve(self.keep(data))

    def choose(self, model_id: str) -> Model:
        """Put a model that is kept here into service. Raises RequestError 404."""
        return self._serve(self.find(model_id))

    def has(self, model_id: str) -> bool:
        return any(model.model_id == model_id for model in self.list())

    def find(self, model_id: str) -> Model:
        """Return the model whose id this is, or ends in. Raises RequestError 404."""
        found = [m for m in self.list() if model_id in (m.model_id, m.model_id[-8:])]
        if not found:
            raise RequestError(404, f"There is no model {model_id}.", hint="GET /api/v1/models")
        return found[0]

    def read(self, model_id: str) -> bytes:
        """Return the file of a model that is kept here. Raises RequestError 404."""
        return (self.folder / f"{self.find(model_id).model_id}.judder.json").read_bytes()

    def _serve(self, model: Model) -> Model:
        (self.folder / CURRENT).write_text(f"{model.model_id}.judder.json")
        self.current = model
        return model

    def list(self) -> list[Model]:
        """Return all models kept here."""
        return list(self._by_hash.values())

    def keep(self, data: bytes) -> Model:
        """Keep the model in data, so that boards that run it are understood. Raises ModelError."""
        model = _checked(data)
        self.folder.mkdir(parents=True, exist_ok=True)
        (self.folder / f"{model.model_id}.judder.json").write_bytes(data)
        return self._remember(model)

    def _remember(self, model: Model) -> Model:
        self._by_hash[model.model_hash] = model
        return model

    def known(self, model_hash: bytes) -> Model | None:
        """Return the model whose hash begins so, if it was ever in service here."""
        return self._by_hash.get(model_hash)

    def second_opinion(self, board_model: Model | None) -> Model | None:
        """Return the model to judge by where a board asks: its own if that holds a detector for the host."""
        if board_model and len(board_model.detectors) > 1:
            return board_model
        return self.current


def host_detector(model: Model) -> Detector:
    """Return the detector of model that is the host's: the first autoencoder, else the last in the file."""
    autoencoders: list[Detector] = [d for d in model.detectors if d.kind == "autoencoder"]
    return (autoencoders or model.detectors[-1:])[0]


def board_detector(model: Model, kind: str | None) -> Detector:
    """Return the detector of model that a board runs: the first of that kind, else the first in the file."""
    of_kind: list[Detector] = [d for d in model.detectors if d.kind == kind]
    return (of_kind or model.detectors)[0]


def _checked(data: bytes) -> Model:
    try:
        model: Model = artefact.load(data, numeric_numpy)
    except CoreError as error:
        raise ModelError(str(error), error.hint or "Make one with: judder train") from error
    return model


def _read(path: Path) -> bytes:
    if not path.exists():
        raise JudderError(f"There is no model {path}.", hint="Make one with: judder train")
    return path.read_bytes()


async def list_models(request: web.Request) -> web.Response:
    """List the models, the one in service marked. folder: where their files are, on the server."""
    models = request.app[MODELS]
    listed = [{**_describe(model), "in_service": model is models.current} for model in models.list()]
    return reply({"models": listed, "folder": str(models.folder)})


async def get_model(request: web.Request) -> web.Response:
    model = request.app[MODELS].current
    if model is None:
        raise RequestError(404, "No model is in service.", hint="judder serve --model, or PUT /api/v1/model")
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
        raise RequestError(400, f"{body!r} is no change.", hint='Send {"in_service": true}.')
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
