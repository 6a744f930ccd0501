"""The models this server knows: the one in service, and those that its boards run."""

from pathlib import Path

import structlog
from judder_core import model_file
from judder_core.errors import CoreError, ModelError
from judder_core.model import AnyModel, Detector

from judder.data.whole import write_whole
from judder.engine import numeric_numpy
from judder.model import document
from judder.model.files import MODEL_SUFFIX, load_network, read_model
from judder.model.rehearsal import check_whole
from judder.server.services.errors import Conflict, NotFound
from judder.server.services.events import Events

log = structlog.get_logger()

FOLDER = "models"
PRIVATE_FOLDER = 0o700
"""Where the data folder is not there yet: nobody but its owner looks into it."""
CURRENT = "current"


class Models:
    """Models by the first bytes of their hash, and the one in service; each change is a `model` event.

    folder keeps every model that was put in service, so that a board's hash names its threshold.
    """

    def __init__(self, folder: Path, events: Events) -> None:
        self.folder = folder
        self._events = events
        self._by_hash: dict[bytes, AnyModel] = {}
        self.current: AnyModel | None = None

    def load(self, path: Path | None) -> None:
        """Load the models of old, and put the one in path, or the last one in service, into service."""
        for file in sorted(self.folder.glob(f"*{MODEL_SUFFIX}")):
            try:
                self._remember(_kept(file))
            except (CoreError, OSError) as error:  # boards that still run it judge by themselves
                log.warning("model_left_out", file=file.name, why=str(error))
        current = self.folder / CURRENT
        if path and path.suffix == ".tflite":
            model, data = load_network(path)  # LiteRT scores, as long as this server runs
            self.put(data)
            self.current = self._remember(model)
        elif path:
            self.put(read_model(path)[1])
        elif current.exists():
            self.current = self._last(current.read_text("utf-8", "replace"))

    def _last(self, name: str) -> AnyModel | None:
        """Return the model whose file is called name; None, which is logged, where it is lost or damaged."""
        for model in self.list():
            if self._file(model).name == name:
                return model
        log.warning("model_lost", file=name)
        return None

    def put(self, data: bytes) -> AnyModel:
        """Put the model in data into service. Raises ModelError, and the old one stays."""
        return self._serve(self.keep(data))

    def choose(self, model_id: str) -> AnyModel:
        """Put a model that is kept here into service. Raises NotFound."""
        return self._tell(self._serve(self.find(model_id)))

    def in_service(self) -> AnyModel:
        """Return the model in service. Raises NotFound where there is none."""
        if self.current is None:
            raise NotFound("No model is in service.", hint="judder serve --model, or PUT /api/v1/model")
        return self.current

    def has(self, model_id: str) -> bool:
        return any(model.model_id == model_id for model in self.list())

    def find(self, model_id: str) -> AnyModel:
        """Return the model whose id this is, or ends in. Raises NotFound."""
        found = [m for m in self.list() if model_id in (m.model_id, m.model_id[-8:])]
        if not found:
            raise NotFound(f"There is no model {model_id}.", hint="GET /api/v1/models")
        return found[0]

    def read(self, model_id: str) -> bytes:
        """Return the file of a model that is kept here. Raises NotFound."""
        return self._file(self.find(model_id)).read_bytes()

    def baseline_s(self, model_id: str | None) -> float | None:
        """Return how long a machine was recorded for a model, None where nobody knows."""
        if model_id is None or not self.has(model_id):
            return None
        try:
            made = document.read(self.read(model_id))
        except (CoreError, OSError):  # a damaged file must not keep its boards' windows out
            return None
        rows = sum(last - first for first, last in (part.rows for part in made.trained_on))
        return rows / made.signal.sample_rate_hz if rows else None

    def _file(self, model: AnyModel) -> Path:
        return self.folder / f"{model.model_id}{MODEL_SUFFIX}"

    def _serve(self, model: AnyModel) -> AnyModel:
        write_whole(self.folder / CURRENT, self._file(model).name.encode())
        self.current = model
        return model

    def list(self) -> list[AnyModel]:
        """Return all models kept here."""
        return list(self._by_hash.values())

    def keep(self, data: bytes) -> AnyModel:
        """Keep the model in data, so that boards that run it are understood. Raises ModelError."""
        model = check_whole(data)
        self.folder.parent.mkdir(PRIVATE_FOLDER, parents=True, exist_ok=True)
        self.folder.mkdir(exist_ok=True)
        write_whole(self._file(model), data)
        return self._tell(self._remember(model))

    def drop(self, model: AnyModel) -> None:
        """Delete a model's file. Raises Conflict where the model is in service."""
        if self.current is not None and model.model_hash == self.current.model_hash:
            raise Conflict(
                f"Model {model.model_id} is in service.", hint="Put another one into service first."
            )
        self._file(model).unlink(missing_ok=True)
        self._by_hash.pop(model.model_hash, None)
        self._tell(model)

    def _tell(self, model: AnyModel) -> AnyModel:
        self._events.publish("model", {"model_id": model.model_id})
        return model

    def _remember(self, model: AnyModel) -> AnyModel:
        self._by_hash[model.model_hash] = model
        return model

    def known(self, model_hash: bytes) -> AnyModel | None:
        """Return the model whose hash begins so, if it was ever in service here."""
        return self._by_hash.get(model_hash)

    def for_host(self, board_model: AnyModel | None) -> AnyModel | None:
        """Return the model to judge by where a board asks: its own if that holds a detector for the host."""
        if board_model and len(board_model.detectors) > 1:
            return board_model
        return self.current


def _kept(file: Path) -> AnyModel:
    """Return the model in a file of the folder. Raises CoreError where it is damaged, or not what it is
    called.
    """
    model: AnyModel = model_file.load(file.read_bytes(), numeric_numpy)
    if file.name != f"{model.model_id}{MODEL_SUFFIX}":
        raise ModelError(f"What is in it is {model.model_id}.", "Put it in service under its own name.")
    return model


def host_detector(model: AnyModel) -> Detector:
    """Return the detector of model that is the host's: the first autoencoder, else the last in the file."""
    autoencoders: list[Detector] = [d for d in model.detectors if d.kind == "autoencoder"]
    return (autoencoders or model.detectors[-1:])[0]


def board_detector(model: AnyModel, kind: str | None) -> Detector:
    """Return the detector of model that a board runs: the first of that kind, else the first in the file."""
    of_kind: list[Detector] = [d for d in model.detectors if d.kind == kind]
    return (of_kind or model.detectors)[0]
