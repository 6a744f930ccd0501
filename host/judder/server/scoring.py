"""Verdicts: the board's own where it has one, the server's model where the board asks."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from aiohttp import web
from judder_core import model as artefact
from judder_core.decision import Decision, Verdict
from judder_core.errors import CoreError
from judder_core.model import Model
from judder_core.window import FLAG_ALERT, FLAG_LOCAL_SCORE, FLAG_OPINION_WANTED, Window

from judder import numeric_numpy
from judder.errors import JudderError
from judder.server.keys import SCORING
from judder.server.replies import RequestError, reply

MODELS = "models"
CURRENT = "current"


@dataclass(frozen=True)
class Judgement:
    """verdict: None where nobody could judge. alert: whether the machine's alert is on."""

    verdict: Verdict | None
    alert: bool
    misfit: str | None = None


class Scoring:
    """Models by the first bytes of their hash, the one in service, and each board's decision.

    models_dir keeps every model that was put in service, so that a board's hash names its threshold.
    """

    def __init__(self, models_dir: Path) -> None:
        self._dir = models_dir
        self._by_hash: dict[bytes, Model] = {}
        self._decisions: dict[str, tuple[str, Decision]] = {}
        self.model: Model | None = None

    def load(self, path: Path | None) -> None:
        """Load the models of old, and put the one in path, or the last one in service, into service."""
        for file in sorted(self._dir.glob("*.judder.json")):
            try:
                self._remember(artefact.load(file.read_bytes(), numeric_numpy))
            except CoreError:
                continue  # of another version; boards that still run it judge by themselves
        current = self._dir / CURRENT
        if path:
            self.put(_read(path))
        elif current.exists() and (self._dir / current.read_text()).exists():
            self.model = self._remember(
                artefact.load((self._dir / current.read_text()).read_bytes(), numeric_numpy)
            )

    def put(self, data: bytes) -> Model:
        """Put the model in data into service. Raises ModelError, and the old one stays."""
        self.model = self.keep(data)
        (self._dir / CURRENT).write_text(f"{self.model.model_id}.judder.json")
        return self.model

    def keep(self, data: bytes) -> Model:
        """Keep the model in data, so that boards that run it are understood. Raises ModelError."""
        model: Model = artefact.load(data, numeric_numpy)
        self._dir.mkdir(parents=True, exist_ok=True)
        (self._dir / f"{model.model_id}.judder.json").write_bytes(data)
        return self._remember(model)

    def _remember(self, model: Model) -> Model:
        self._by_hash[model.model_hash] = model
        return model

    def known(self, model_hash: bytes) -> Model | None:
        """Return the model whose hash begins so, if it was ever in service here."""
        return self._by_hash.get(model_hash)

    def judge(self, device: str, window: Window) -> Judgement:
        """Return the judgement on the next window of device."""
        if window.flags & FLAG_LOCAL_SCORE and not window.flags & FLAG_OPINION_WANTED:
            return Judgement(self._board_verdict(window), bool(window.flags & FLAG_ALERT))
        if self.model is None:
            return Judgement(None, False)
        misfit = self.model.fits(window.window_len, window.sample_rate_hz)
        if misfit:
            return Judgement(None, bool(window.flags & FLAG_ALERT), misfit)
        verdict = self._score(self.model, window)
        return Judgement(verdict, self._decision(device, self.model).update(verdict.anomaly))

    def _board_verdict(self, window: Window) -> Verdict | None:
        model = self.known(window.model_hash)
        if model is None:
            return None
        verdict: Verdict = model.detectors[0].verdict(window.local_score, "board")
        return verdict

    def _score(self, model: Model, window: Window) -> Verdict:
        detector = model.detectors[0]
        counts = numeric_numpy.batch(np.asarray(window.counts))
        measured = detector.features(numeric_numpy, counts, window.scale_g)
        score = artefact.as_float(detector.score(numeric_numpy, measured))
        verdict: Verdict = detector.verdict(score, "host")
        return verdict

    def _decision(self, device: str, model: Model) -> Decision:
        model_id, decision = self._decisions.get(device, (None, None))
        if decision is None or model_id != model.model_id:
            decision = model.decision()
            self._decisions[device] = (model.model_id, decision)
        return decision


def _read(path: Path) -> bytes:
    if not path.exists():
        raise JudderError(f"There is no model {path}.", hint="Make one with: judder train")
    return path.read_bytes()


async def get_model(request: web.Request) -> web.Response:
    model = request.app[SCORING].model
    if model is None:
        raise RequestError(404, "No model is in service.", hint="judder serve --model, or PUT /api/v1/model")
    return reply(
        {"model_id": model.model_id, "sample_rate_hz": model.sample_rate_hz, "window_len": model.window_len}
    )


async def put_model(request: web.Request) -> web.Response:
    """Take a model file as the body; a bad one is refused and the old one stays in service."""
    return reply({"model_id": request.app[SCORING].put(await request.read()).model_id})


async def post_model(request: web.Request) -> web.Response:
    """Take a model file that boards run, without putting it into service here."""
    return reply({"model_id": request.app[SCORING].keep(await request.read()).model_id})
