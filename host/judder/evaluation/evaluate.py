"""From a model file and labelled recordings to figures: the one path of evaluate, report and notebooks."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from judder_core import model_file
from judder_core.model import Detector, Model
from numpy.typing import NDArray

from judder.data.recording import Recording
from judder.data.windows import Windows, choose, cut_windows, names_of
from judder.errors import JudderError
from judder.evaluation.figures import summarise
from judder.evaluation.scoring import Scored, score_windows
from judder.model.document import read_model
from judder.model.files import SUFFIXES, artefact_beside, autoencoder_of, load_network
from judder.training.false_alarms import Wish, parse_wish


@dataclass(frozen=True)
class ModelFile:
    """A model, the document it was read from, and which of its detectors is to score."""

    model: Model
    document: dict[str, Any]
    detector: Detector

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


def load_model(path: Path, kind: str | None = None) -> ModelFile:
    """Return the model in a file and its detector of kind, the first unless given.

    Of a network file, .tflite or .keras, that is the autoencoder. Raises JudderError where there is none.
    """
    if path.name.endswith(SUFFIXES):
        model, data = load_network(path)
        if kind not in (None, "autoencoder"):
            raise JudderError(
                f"{path.name} is an autoencoder's network, which no {kind} scores by.",
                hint=f"Give the model instead: {artefact_beside(path)}",
            )
        return ModelFile(model, model_file.parse(data), autoencoder_of(model))
    model, data = read_model(path)
    for detector in model.detectors:
        if kind in (None, detector.kind):
            return ModelFile(model, model_file.parse(data), detector)
    raise JudderError(
        f"Model {model.model_id} has no detector {kind}.",
        hint=f"It has: {', '.join(detector.kind for detector in model.detectors)}.",
    )


def choose_sides(
    recordings: Sequence[Recording], normal: Sequence[str], anomaly: Sequence[str]
) -> tuple[list[Recording], list[Recording]]:
    """Return the recordings to take for normal and for anomalous. Raises JudderError for one that is both."""
    normals, anomalies = choose(recordings, normal), choose(recordings, anomaly)
    both = set(names_of(normals)) & set(names_of(anomalies))
    if both:
        raise JudderError(
            f"{', '.join(sorted(both))}: named as normal and as anomalous.",
            hint="Name each condition once, with --normal or with --anomaly.",
        )
    return normals, anomalies


def evaluate(
    file: ModelFile,
    normals: Sequence[Recording],
    anomalies: Sequence[Recording],
    sample_rate_hz: float,
    window_len: int | None = None,
    hop: int | None = None,
    unseen_only: bool = True,
) -> Evaluation:
    """Score recordings with a model; windows it was trained on are left out unless told otherwise.

    Raises JudderError where no window is left.
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
    scored = score_windows(file.model, windows, file.detector)
    normal, anomalous = names_of(normals), names_of(anomalies)
    figures = summarise(scored, normal, anomalous, file.wish)
    said = {"model_id": file.model.model_id, "detector": file.detector.kind}
    return Evaluation(normal, anomalous, {**said, **figures}, file.detector, scored)


def held_out(
    model_document: dict[str, Any], windows: Windows, recordings: Sequence[Recording]
) -> NDArray[np.bool_]:
    """Return which windows, (n,), the model was not trained on, nor come within a window's gap of that."""
    free = np.ones(len(windows), bool)
    for used in model_document["provenance"].get("recordings", []):
        start, stop = used["rows"]
        for recording in recordings:
            if (
                recording.name != used["recording"]
                or recording.fingerprint(start, stop) != used["fingerprint"]
            ):
                continue
            mine = (windows.condition == recording.condition) & (windows.recording == recording.name)
            gap = windows.window_len
            near = (windows.start_row < stop + gap) & (windows.start_row + windows.window_len + gap > start)
            free &= ~(mine & near)
    return free
