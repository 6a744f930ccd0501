"""From normal windows to a model artefact.

The earlier four fifths of each recording are fitted, the last fifth, which follows in time, calibrates:
its scores become p-values and the threshold. Nothing is shuffled.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import numpy as np
from judder_core import calibration, model
from numpy.typing import NDArray

from judder import __version__, numeric_numpy
from judder.dataset import Windows, in_blocks
from judder.detectors import MahalanobisDetector
from judder.errors import JudderError
from judder.false_alarms import parse_wish
from judder.recording import Recording

FIT, CALIBRATE = 0, 1
SHARES = (4, 1)
GOLDEN_WINDOWS = 2


@dataclass(frozen=True)
class TrainingOptions:
    """name: the model's. false_alarms: the wish in words, such as "1/week"; m of the last n windows alert."""

    name: str
    features: str = "mad"
    false_alarms: str = "1/week"
    m: int = 3
    n: int = 5
    clear: int = 0
    pose_tolerance_g: float = 0.05


@dataclass(frozen=True)
class TrainedModel:
    """data: the artefact's bytes. warnings: sentences for the person who trained it."""

    data: bytes
    model: model.Model
    warnings: list[str] = field(default_factory=list)


def train(windows: Windows, recordings: Sequence[Recording], options: TrainingOptions) -> TrainedModel:
    """Train on windows, all of them normal; each condition is an operating mode.

    recordings: those the windows were cut from, for the provenance. Raises JudderError where there are
    too few windows.
    """
    block = in_blocks(windows, SHARES, gap=0)
    fit_on, calibrate_on = windows.select(block == FIT), windows.select(block == CALIBRATE)
    if not len(fit_on) or not len(calibrate_on):
        raise JudderError(
            f"{len(windows)} windows are too few to fit on the earlier and calibrate on the last.",
            hint="Record at least 50 windows: judder record",
        )
    detector = MahalanobisDetector().fit(fit_on.features(options.features), fit_on.condition)
    scores = detector.score(calibrate_on.features(options.features))
    wish = parse_wish(options.false_alarms)
    per_window = wish.per_window(windows.window_len / windows.sample_rate_hz)
    threshold, achievable = calibration.threshold(scores.tolist(), per_window)
    document = {
        "format": model.FORMAT,
        "version": model.VERSION,
        "name": options.name,
        "created": datetime.now(UTC).isoformat(timespec="seconds"),
        "provenance": {
            "judder": __version__,
            "conditions": list(dict.fromkeys(windows.condition.tolist())),
            "recordings": _provenance(windows, recordings),
            "windows": {"fit": len(fit_on), "calibrate": len(calibrate_on)},
            "seed": None,
        },
        "signal": {
            "axes": 3,
            "unit": "g",
            "sample_rate_hz": windows.sample_rate_hz,
            "window_len": windows.window_len,
        },
        "detectors": [_detector(detector, options.features, scores, threshold)],
        "decision": {
            "false_alarms": {
                "wished": options.false_alarms,
                "wished_per_window": per_window,
                "achievable_per_window": achievable,
            },
            "combine": "m_of_n",
            "m": options.m,
            "n": options.n,
            "clear": options.clear,
            "seconds": options.n * windows.window_len / windows.sample_rate_hz,
        },
        "pose": _pose(fit_on, options.pose_tolerance_g),
        "evaluation": None,
        "golden": _golden(calibrate_on, detector, options.features, scores),
    }
    data = model.encode(document)
    return TrainedModel(data, model.load(data, numeric_numpy), _warnings(wish.text, per_window, achievable))


def _detector(
    detector: MahalanobisDetector, feature_set: str, scores: NDArray[np.float64], threshold: float
) -> dict[str, Any]:
    table = calibration.calibrate(scores.tolist())
    parts = detector.parameters()
    return {
        "kind": detector.kind,
        "features": {"set": feature_set, **parts["features"]},
        "parameters": parts["parameters"],
        "calibration": {
            "windows": table.windows,
            "scores": model.encode_floats(table.scores),
            "p_values": model.encode_floats(table.p_values),
        },
        "threshold": threshold,
        "grey_zone": None,
    }


def _provenance(windows: Windows, recordings: Sequence[Recording]) -> list[dict[str, Any]]:
    """Return which rows of which recordings were used, with a fingerprint to know them again."""
    used = []
    for recording in recordings:
        mine = (windows.condition == recording.condition) & (windows.recording == recording.name)
        if not mine.any():
            continue
        start = int(windows.start_row[mine].min())
        stop = int(windows.start_row[mine].max()) + windows.window_len
        used.append(
            {
                "condition": recording.condition,
                "recording": recording.name,
                "rows": [start, stop],
                "fingerprint": recording.fingerprint(start, stop),
            }
        )
    return used


def _pose(windows: Windows, tolerance_g: float) -> dict[str, Any]:
    """Return the mean direction of gravity, and how far from it still is the same mounting."""
    means = windows.samples.mean(axis=1) * windows.scale_g[:, None]
    return {"mean": [float(g) for g in means.mean(axis=0)], "tolerance": tolerance_g}


def _golden(
    windows: Windows, detector: MahalanobisDetector, feature_set: str, scores: NDArray[np.float64]
) -> list[dict[str, Any]]:
    """Return windows for every runtime to recompute: the ordinary and the strangest of the normal ones."""
    if windows.samples.dtype != np.int16:
        return []
    order = np.argsort(scores)
    golden = []
    for k in (order[len(order) // 2], order[-1])[:GOLDEN_WINDOWS]:
        one = windows.select(np.array([k]))
        features = one.features(feature_set)
        golden.append(
            {
                "detector": 0,
                "counts": model.encode_counts(one.samples.astype("<i2").tobytes()),
                "scale_g": float(one.scale_g[0]),
                "features": model.encode_floats(features[0].tolist()),
                "score": float(detector.score(features)[0]),
            }
        )
    return golden


def _warnings(wished: str, per_window: float, achievable: float) -> list[str]:
    if achievable <= per_window * 1.001:
        return []
    return [
        f"The wish of {wished} false alarms is {per_window:.2g} of the windows; these data support "
        f"{achievable:.2g}. About {1 / per_window:,.0f} calibration windows would reach it."
    ]
