"""Two detectors in one model file: the board's own, and the host's for when the board is not sure."""

import base64
from typing import Any

import numpy as np
from judder_core import model_file
from judder_core.model import Detector, Model, as_float

from judder.data.windows import Windows
from judder.engine import numeric_numpy
from judder.errors import JudderError
from judder.model.document import encode, encode_floats
from judder.training.drift import UNSEEN
from judder.training.evidence import MOST_DISTURBED, WINDOWS_COMBINED
from judder.training.train import TrainedModel

GREY_P_VALUE = 0.10
"""The grey zone begins where one in ten of the normal windows held out scores higher."""
GREY_FACTOR = UNSEEN
"""It ends this far above the threshold: as far as a day that nobody saw may move a healthy machine."""


def check_fits(base: Model, windows: Windows) -> None:
    """Raise JudderError unless windows, which the second detector is trained on, are as base's."""
    misfit = base.fits(windows.window_len, windows.sample_rate_hz)
    if misfit:
        raise JudderError(
            f"The {misfit}.",
            hint=f"Cut them so (--window-len {base.window_len}), or add to a model of such windows.",
        )
    if (base.windows_combined, base.most_disturbed) != (WINDOWS_COMBINED, MOST_DISTURBED):
        raise JudderError(
            f"Model {base.model_id} judges the mean of {base.windows_combined} windows, of which"
            f" {base.most_disturbed} may be left out; an autoencoder is calibrated on {WINDOWS_COMBINED} and"
            f" {MOST_DISTURBED}.",
            hint="Train a model to add to on recordings: judder train",
        )
    if len(base.detectors) > 1:
        raise JudderError(
            f"Model {base.model_id} has two detectors already.",
            hint="Add to the model that the first was trained into.",
        )


def add_to(base: Model, base_data: bytes, added: TrainedModel, name: str) -> TrainedModel:
    """Return base, called name, with the detector of added as its second and a grey zone for its first.

    decision, pose, disturbance and signal stay base's. Raises ModelError where both are too much for a board.
    """
    document, other = model_file.parse(base_data), model_file.parse(added.data)
    (first,), (second,) = document["detectors"], other["detectors"]
    first["grey_zone"] = grey_zone(base.detectors[0])
    if second["parameters"].get("modes") == first["parameters"].get("modes"):
        second["parameters"] = {"modes_of": 0, **_without(second["parameters"], "modes")}
    document |= {"name": name, "created": other["created"], "detectors": [first, second]}
    document["provenance"] = _joined(document["provenance"], other["provenance"])
    document["golden"] += [_seen_by(added.model.detectors[0], golden) for golden in document["golden"]]
    data = encode(document)
    return TrainedModel(data, model_file.load(data, numeric_numpy), added.warnings)


def grey_zone(detector: Detector) -> list[float]:
    """Return the combined scores between which the host is asked: [lower, upper]."""
    table, threshold = detector.calibration, detector.combined_threshold
    rare = [score for score in table.scores if table.p_value(score) <= GREY_P_VALUE]
    lower = min(rare[0] if rare else threshold, threshold / GREY_FACTOR)
    return [float(lower), float(threshold * GREY_FACTOR)]


def _joined(ours: dict[str, Any], theirs: dict[str, Any]) -> dict[str, Any]:
    """Return ours, with the recordings that only the second detector was trained on."""
    more = [used for used in theirs["recordings"] if used not in ours.get("recordings", [])]
    conditions = list(dict.fromkeys([*ours["conditions"], *theirs["conditions"]]))
    recordings = [*ours.get("recordings", []), *more]
    return {**ours, "conditions": conditions, "recordings": recordings, "seed": theirs["seed"]}


def _seen_by(detector: Detector, golden: dict[str, Any]) -> dict[str, Any]:
    """Return the golden window as the second detector sees it; the counts stand in the first's."""
    counts = numeric_numpy.batch(np.frombuffer(base64.b64decode(golden["counts"]), "<i2"))
    measured = [as_float(f) for f in detector.features(numeric_numpy, counts, golden["scale_g"])]
    score = as_float(detector.score(numeric_numpy, [np.array([value]) for value in measured]))
    return {
        "detector": 1,
        "scale_g": golden["scale_g"],
        "features": encode_floats(measured),
        "score": score,
    }


def _without(values: dict[str, Any], key: str) -> dict[str, Any]:
    return {name: value for name, value in values.items() if name != key}
