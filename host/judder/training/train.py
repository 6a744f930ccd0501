"""From normal windows to a model artefact.

The earlier four fifths of each recording are fitted, the last fifth, which follows in time, calibrates:
its scores become p-values and the thresholds. Nothing is shuffled.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

import numpy as np
from judder_core import features, fit, model, model_file
from numpy.typing import NDArray

from judder import __version__
from judder.data.recording import Recording
from judder.data.windows import Windows, in_blocks
from judder.detectors import Detector, MahalanobisDetector
from judder.engine import numeric_numpy
from judder.errors import JudderError
from judder.model.document import encode, encode_counts, encode_floats
from judder.quality.samples import GRAVITY_G
from judder.training.drift import measure_drift
from judder.training.evidence import (
    MOST_DISTURBED,
    WINDOWS_COMBINED,
    Measured,
    combine,
    disturbed_limit,
    measure,
)
from judder.training.false_alarms import parse_wish
from judder.training.modes import find_modes
from judder.training.thresholds import Calibrated, calibrate, too_few

Floats = NDArray[np.float64]

FIT, CALIBRATE = 0, 1
SHARES = (4, 1)
LEAST_IN_ONE = 5
"""Windows of a recording that can be split by SHARES."""
LEAST_POSE_TOLERANCE_G = 0.05
FEATURES = "vibration"


@dataclass(frozen=True)
class TrainingOptions:
    """name: the model's. false_alarms: the wish in words, such as "1/week"; m of the last n windows alert.

    shares: of each recording, what is fitted and, later in time, what calibrates. detector: makes an unfitted
    one, given the least standard deviation of a feature that is believed.
    """

    name: str
    features: str = FEATURES
    false_alarms: str = "1/week"
    m: int = 1
    n: int = WINDOWS_COMBINED
    clear: int = 0
    shares: tuple[int, int] = SHARES
    detector: Callable[[float], Detector] = MahalanobisDetector


@dataclass(frozen=True)
class TrainedModel:
    """data: the artefact's bytes. warnings: sentences for the person who trained it."""

    data: bytes
    model: model.Model
    warnings: list[str] = field(default_factory=list)


def train(windows: Windows, recordings: Sequence[Recording], options: TrainingOptions) -> TrainedModel:
    """Train on windows, all of them normal; each condition is an operating mode, or several that are found.

    recordings: those the windows were cut from, for the provenance. Raises JudderError where there are
    too few windows.
    """
    block = in_blocks(windows, options.shares, gap=0)
    if not (block == FIT).any() or not (block == CALIBRATE).any():
        longest = max(map(len, windows.by_recording()))
        if len(windows) >= LEAST_IN_ONE > longest:
            raise JudderError(
                f"No recording is long enough to split into an earlier and a later part: the longest has"
                f" {longest} of the {len(windows)} windows.",
                hint=f"Record at least {LEAST_IN_ONE} windows without a break, and 50 in all: judder record",
            )
        raise JudderError(
            f"{len(windows)} windows are too few to fit on the earlier and calibrate on the last.",
            hint="Record at least 50 windows: judder record",
        )
    measured = measure(windows, options.features)
    disturbed_g = disturbed_limit(measured.swing_g[block == FIT])
    fit_on = (block == FIT) & (measured.swing_g <= disturbed_g)
    _check_variety(measured.features[fit_on], options.features)
    floor: float = features.load(options.features).DEVIATION_FLOOR
    mode = windows.condition.astype(object)
    mode[fit_on] = find_modes(windows.select(fit_on), measured.features[fit_on], floor)
    measured = replace(measured, mode=mode.astype(str))
    detector = options.detector(floor).fit(measured.features[fit_on], measured.mode[fit_on])
    means = combine(measured, disturbed_g)
    drift = measure_drift(measured, means, block == FIT, block == CALIBRATE, detector)
    wish = parse_wish(options.false_alarms)
    calibrated = calibrate(detector, measured, means, block == CALIBRATE, wish, drift)
    entry = _detector(detector, options.features, calibrated)
    document = {
        "format": model_file.FORMAT,
        "version": model_file.VERSION,
        "name": options.name,
        "created": datetime.now(UTC).isoformat(timespec="seconds"),
        "provenance": {
            "judder": __version__,
            "conditions": list(dict.fromkeys(windows.condition.tolist())),
            "recordings": _provenance(windows, recordings),
            "windows": {"fit": int(fit_on.sum()), "calibrate": int((block == CALIBRATE).sum())},
            "seed": entry.get("training", {}).get("seed"),
        },
        "signal": {
            "axes": 3,
            "unit": "g",
            "sample_rate_hz": windows.sample_rate_hz,
            "window_len": windows.window_len,
        },
        "detectors": [entry],
        "decision": {
            "false_alarms": {
                "wished": options.false_alarms,
                "wished_per_window": calibrated.per_window,
                "achievable_per_window": calibrated.achievable,
            },
            "combine": "mean_features",
            "windows": WINDOWS_COMBINED,
            "most_disturbed": MOST_DISTURBED,
            "m": options.m,
            "n": options.n,
            "clear": options.clear,
            "seconds": WINDOWS_COMBINED * windows.step_s,
        },
        "disturbance": {"limit_g": disturbed_g},
        "drift": drift.to_dict(),
        "pose": _pose(measured, fit_on),
        "evaluation": None,
        "golden": _golden(measured.select(block == CALIBRATE), detector),
    }
    data = encode(document)
    share = options.shares[CALIBRATE] / sum(options.shares)
    warnings = [*too_few(wish.text, calibrated, share, windows.step_s), *drift.warnings()]
    return TrainedModel(data, model_file.load(data, numeric_numpy), warnings)


def _check_variety(values: Floats, feature_set: str) -> None:
    same = np.ptp(values, axis=0) == 0
    if same.any():
        raise JudderError(
            f"Feature {features.names(feature_set)[int(np.argmax(same))]} is the same in all {len(values)}"
            " windows.",
            hint="Is an axis of the sensor stuck? Look at the recording: judder inspect",
        )


def _detector(detector: Detector, feature_set: str, calibrated: Calibrated) -> dict[str, Any]:
    parts = detector.parameters()
    return {
        "kind": detector.kind,
        **parts,
        "features": {"set": feature_set, **parts["features"]},
        "calibration": _table(calibrated.combined, 48),
        "window_calibration": _table(calibrated.scores, 24),
        "threshold": calibrated.threshold,
        "combined_threshold": calibrated.combined_threshold,
        "grey_zone": None,
    }


def _table(scores: Floats, ranks: int) -> dict[str, Any]:
    table = fit.calibrate(scores.tolist(), ranks)
    return {
        "windows": table.windows,
        "scores": encode_floats(table.scores),
        "p_values": encode_floats(table.p_values),
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


def _pose(measured: Measured, fit_on: NDArray[np.bool_]) -> dict[str, Any] | None:
    """Return the mean direction of gravity, and how far from it still is the same mounting.

    None where there is no gravity: then the mean of a window says nothing of the mounting.
    """
    poses = measured.pose[fit_on]
    mean = poses.mean(axis=0)
    if not GRAVITY_G[0] <= float(np.linalg.norm(mean)) <= GRAVITY_G[1]:
        return None
    farthest = float(np.linalg.norm(poses - mean, axis=1).max())
    return {"mean": [float(g) for g in mean], "tolerance": max(LEAST_POSE_TOLERANCE_G, 1.5 * farthest)}


def _golden(measured: Measured, detector: Detector) -> list[dict[str, Any]]:
    """Return the strangest of the normal windows, for every runtime to recompute."""
    windows = measured.windows
    if windows.samples.dtype != np.int16:
        return []
    scores = detector.score(measured.features)
    k = int(np.argmax(scores))
    return [
        {
            "detector": 0,
            "counts": encode_counts(windows.samples[k]),
            "scale_g": float(windows.scale_g[k]),
            "features": encode_floats(measured.features[k]),
            "score": float(scores[k]),
        }
    ]
