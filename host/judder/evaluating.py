"""From a model file and labelled recordings to figures: the one path of evaluate, report and notebooks."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from judder_core import model_file
from judder_core.model import Detector, Model

from judder import numeric_numpy
from judder.dataset import cut_windows, names_of
from judder.errors import JudderError
from judder.evaluation import Scored, held_out, score_windows, summarise
from judder.false_alarms import Wish, parse_wish
from judder.recording import Recording


@dataclass(frozen=True)
class ModelFile:
    """A model, and the document it was read from."""

    model: Model
    document: dict[str, Any]

    @property
    def wish(self) -> Wish | None:
        """The wish the model was trained for; the reference's models have none."""
        wished = self.document["decision"]["false_alarms"]["wished"]
        return parse_wish(wished) if wished else None


@dataclass(frozen=True)
class Evaluation:
    """normal, anomalous: the conditions' names. figures: what `judder evaluate --json` prints.

    detector, which has the thresholds, and scored are None where folds were cross-validated: each fold had a
    model of its own.
    """

    normal: tuple[str, ...]
    anomalous: tuple[str, ...]
    figures: dict[str, Any]
    detector: Detector | None = None
    scored: Scored | None = None


def load_model(path: Path) -> ModelFile:
    """Return the model in a file. Raises JudderError where there is none."""
    if not path.exists():
        raise JudderError(f"There is no model {path}.", hint="Make one with: judder train")
    data = path.read_bytes()
    return ModelFile(model_file.load(data, numeric_numpy), model_file.parse(data))


def evaluate(
    file: ModelFile,
    normals: Sequence[Recording],
    anomalies: Sequence[Recording],
    sample_rate_hz: float,
    window_len: int | None = None,
    hop: int | None = None,
    unseen_only: bool = True,
    detector: Detector | None = None,
) -> Evaluation:
    """Score recordings with a model; windows it was trained on are left out unless told otherwise.

    detector: one of the model's, the first unless given. Raises JudderError where no window is left.
    """
    recordings = [*normals, *anomalies]
    windows = cut_windows(recordings, sample_rate_hz, window_len or file.model.window_len, hop)
    if unseen_only:
        windows = windows.select(held_out(file.document, windows, recordings))
    if not len(windows):
        raise JudderError(
            "The model was trained on every window of these conditions.",
            hint="Score them all the same with --held-out all, or record new ones.",
        )
    detector = detector or file.model.detectors[0]
    scored = score_windows(file.model, windows, detector)
    normal, anomalous = names_of(normals), names_of(anomalies)
    figures = summarise(scored, normal, anomalous, file.wish)
    return Evaluation(normal, anomalous, {"model_id": file.model.model_id, **figures}, detector, scored)
