"""Models of version 1, as the trainer of before wrote them: one operating mode, floats, one threshold."""

import json

import numpy as np
from judder.engine import numeric_numpy
from judder.model.evidence import combine, disturbed_limit, measure
from judder_core import fit, model_file
from judder_core.features import load

from tests.models_v2 import text

COMBINED = 5


def document(windows, feature_set):
    """Return the document of a model trained on windows (judder.data.windows.Windows), all normal."""
    measured = measure(windows, feature_set)
    rows, floor = measured.features, load(feature_set).DEVIATION_FLOOR
    mean, std = rows.mean(axis=0), np.maximum(rows.std(axis=0), floor)
    scaled = (rows - mean) / std
    deviations = np.eye(rows.shape[1]) * (floor / std) ** 2
    made = _document(windows, feature_set, mean, std, np.cov(scaled, rowvar=False) + deviations)
    made["disturbance"]["limit_g"] = limit_g = disturbed_limit(measured.swing_g)
    made["pose"] = {"mean": measured.pose.mean(axis=0).tolist(), "tolerance": 0.03}
    detector = model_file.load(encode(made), numeric_numpy).detectors[0]
    means = combine(measured, limit_g, COMBINED)
    for key, threshold, seen in (
        ("window_calibration", "threshold", rows),
        ("calibration", "combined_threshold", means[~np.isnan(means[:, 0])]),
    ):
        scores = detector.score(numeric_numpy, list(seen.T))
        # MADs lie on a grid: the same score again must not decide by its last bit.
        made["detectors"][0][key] = _table(fit.calibrate((1.001 * scores).tolist()))
        made["detectors"][0][threshold] = 1.2 * float(scores.max())
    return made


def _document(windows, feature_set, mean, std, covariance):
    table = _table(fit.calibrate([1.0, 2.0]))
    whitening = fit.whitening(covariance.tolist())
    mode = {"name": "normal", "mean": text(0 * mean, "<f4"), "whitening": text(whitening, "<f4")}
    detector = {
        "kind": "mahalanobis",
        "features": {"set": feature_set, "mean": text(mean, "<f4"), "std": text(std, "<f4")},
        "parameters": {"modes": [mode]},
        "calibration": table,
        "window_calibration": table,
        "threshold": 1.0,
        "combined_threshold": 1.0,
        "grey_zone": None,
    }
    signal = {"sample_rate_hz": windows.sample_rate_hz, "window_len": windows.window_len}
    return {
        "format": "judder-model",
        "version": 1,
        "name": "fan",
        "signal": {"axes": 3, "unit": "g", **signal},
        "detectors": [detector],
        "decision": {"windows": COMBINED, "most_disturbed": 2, "m": 1, "n": 5, "clear": 0},
        "disturbance": {"limit_g": 1.0},
        "pose": None,
        "golden": [],
    }


def _table(calibration):
    scores, p_values = calibration.scores, calibration.p_values
    return {
        "windows": calibration.windows,
        "scores": text(scores, "<f4"),
        "p_values": text(p_values, "<f4"),
    }


def encode(document):
    return json.dumps(document, separators=(",", ":")).encode()
