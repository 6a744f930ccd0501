"""Verdicts: the board's own where it has one, the server's model where the board asks."""

from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from judder_core import model_file as artefact
from judder_core import numeric  # of one window at a time, faster than NumPy
from judder_core.decision import Decision, Verdict
from judder_core.errors import CoreError
from judder_core.judge import Judge
from judder_core.model import Model
from judder_core.window import FLAG_ALERT, FLAG_LOCAL_SCORE, FLAG_OPINION_WANTED, Window

from judder import numeric_numpy
from judder.dataset import whole_counts
from judder.errors import JudderError
from judder.server.replies import RequestError
from judder.why import why

MODELS = "models"
CURRENT = "current"


@dataclass(frozen=True)
class Judgement:
    """verdict: None where nobody could judge. alert: whether the machine's alert is on. why: what drove a
    verdict that is not normal, in words.
    """

    verdict: Verdict | None
    alert: bool
    misfit: str | None = None
    why: str | None = None


class RememberingJudge(Judge):
    """A Judge that keeps what it scored last: a window's features, and the mean of the evidence or None."""

    measured: Sequence[float] = ()
    mean: Sequence[float] | None = None

    def gather(self, measured: Sequence[float], swing_g: float) -> Sequence[float] | None:
        self.measured = measured
        self.mean = super().gather(measured, swing_g)
        return self.mean


@dataclass
class Machine:
    """What one model knows of one board's machine so far; seq and boot_id are the last window's."""

    judge: RememberingJudge
    decision: Decision
    boot_id: int = -1
    seq: int = -1

    def follow(self, window: Window) -> None:
        """Start anew where window does not follow the last one."""
        if (window.boot_id, window.seq) != (self.boot_id, self.seq + 1):
            self.judge.restart()
        self.boot_id, self.seq = window.boot_id, window.seq


class Scoring:
    """Models by the first bytes of their hash, the one in service, and each board's machine.

    models_dir keeps every model that was put in service, so that a board's hash names its threshold.
    """

    def __init__(self, models_dir: Path) -> None:
        self._dir = models_dir
        self._by_hash: dict[bytes, Model] = {}
        self._machines: dict[tuple[str, str], Machine] = {}
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
        return self.choose(self.keep(data).model_id)

    def choose(self, model_id: str) -> Model:
        """Put a model that is kept here into service. Raises RequestError 404."""
        found = [model for model in self.models() if model.model_id == model_id]
        if not found:
            raise RequestError(404, f"There is no model {model_id}.", hint="GET /api/v1/models")
        self.model = found[0]
        (self._dir / CURRENT).write_text(f"{model_id}.judder.json")
        return self.model

    def models(self) -> list[Model]:
        """Return all models kept here."""
        return list(self._by_hash.values())

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
            return self._board_judgement(device, window)
        if self.model is None:
            return Judgement(None, False)
        misfit = self.model.fits(window.window_len, window.sample_rate_hz)
        if misfit:
            return Judgement(None, bool(window.flags & FLAG_ALERT), misfit)
        machine = self._machine(device, self.model, "host")
        verdict = _update(machine, window)
        alert = machine.decision.update(verdict.alarming)
        return Judgement(verdict, alert, why=_why(machine.judge, window, verdict))

    def _board_judgement(self, device: str, window: Window) -> Judgement:
        """Return what the board's model says, recomputed here but for the score and alert the board sent."""
        model = self.known(window.model_hash)
        alert = bool(window.flags & FLAG_ALERT)
        if model is None or model.fits(window.window_len, window.sample_rate_hz):
            return Judgement(None, alert)
        machine = self._machine(device, model, "board")
        verdict = _update(machine, window)
        verdict.score = window.local_score
        verdict.anomaly = verdict.anomaly and window.local_score > verdict.threshold
        return Judgement(verdict, alert, why=_why(machine.judge, window, verdict))

    def _machine(self, device: str, model: Model, judged_by: str) -> Machine:
        key = (device, model.model_id)
        if key not in self._machines:
            self._machines[key] = Machine(RememberingJudge(model, numeric, judged_by), model.decision())
        return self._machines[key]


def _update(machine: Machine, window: Window) -> Verdict:
    machine.follow(window)
    verdict: Verdict = machine.judge.update(*_counts(window))
    return verdict


def _counts(window: Window) -> tuple[Sequence[int], float]:
    """Return window's samples as whole counts, and g per count."""
    if window.counts.typecode == "h":
        return window.counts, window.scale_g
    whole, scale = whole_counts(np.asarray(window.counts).reshape(1, -1, 3), np.array([window.scale_g]))
    return array("h", whole.tobytes()), float(scale[0])


def _why(judge: RememberingJudge, window: Window, verdict: Verdict) -> str | None:
    """Return what drove verdict, or None where all is normal.

    The evidence explains a combined anomaly. A window that is odd by itself, or left out of the evidence,
    is explained by its own features: the mean may look normal.
    """
    if verdict.state == "normal" and not (verdict.anomaly or verdict.combined_anomaly):
        return None
    evidence = judge.mean if verdict.combined_anomaly and verdict.state != "disturbed" else None
    measured = judge.measured if evidence is None else evidence
    return why(judge.detector, measured, *_counts(window), window.sample_rate_hz)


def _read(path: Path) -> bytes:
    if not path.exists():
        raise JudderError(f"There is no model {path}.", hint="Make one with: judder train")
    return path.read_bytes()
