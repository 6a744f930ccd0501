"""Models of version 2 without a trainer: a mode for each group of feature rows, whitened by NumPy."""

import base64
import json

import numpy as np

METRICS = (("notice", 5), ("alarm", 5))
LONG_METRICS = (*METRICS, ("notice", 30), ("notice", 300))
OF_A_DAY = {"notice": 0.1, "alarm": 0.2}
"""Deviation of every feature from day to day, for each level."""


def text(values, dtype):
    """Return values as the base64 text of little-endian numbers."""
    return base64.b64encode(np.asarray(values).astype(dtype).tobytes()).decode()


def packed(covariance):
    """Return (whitening, scales) of a covariance matrix: whole numbers of 16 bits, column by column."""
    whitening = np.linalg.inv(np.linalg.cholesky(covariance)).T
    scales = np.float32(np.abs(whitening).max(axis=0) / 32767)
    whole = np.rint(whitening / scales)
    return np.concatenate([whole[: j + 1, j] for j in range(len(scales))]), scales


def shape(rows, level, windows):
    """Return the matrix that whitens the mean of so many of feature rows (n, n_features)."""
    covariance = np.cov(rows, rowvar=False) / windows
    whitening, scales = packed(covariance + OF_A_DAY[level] ** 2 * np.eye(rows.shape[1]))
    return {"scales": text(scales, "<f4"), "whitening": text(whitening, "<i2")}


def mode(name, rows, entries):
    """Return an operating mode of feature rows. entries: for each metric its shape and stretch."""
    return {
        "name": name,
        "condition": name,
        "sessions": 1,
        "windows": len(rows),
        "speed_hz": None,
        "mean": text(rows.mean(axis=0), "<f4"),
        "metrics": entries,
    }


def with_own_shapes(groups, metrics):
    """Return (shapes, modes): each mode has a shape of its own for each metric."""
    shapes, modes = [], []
    for name, rows in groups.items():
        entries = [{"shape": len(shapes) + k} for k in range(len(metrics))]
        shapes += [shape(rows, *metric) for metric in metrics]
        modes.append(mode(name, rows, entries))
    return shapes, modes


def with_shared_shapes(groups, metrics):
    """Return (shapes, modes): modes share a shape for each metric, and are stretched to it each by itself."""
    spreads = {name: rows.std(axis=0) for name, rows in groups.items()}
    pooled = np.concatenate([(rows - rows.mean(axis=0)) / spreads[name] for name, rows in groups.items()])
    shapes = [shape(pooled, *metric) for metric in metrics]
    modes = [
        mode(
            name, rows, [{"shape": k, "stretch": text(1 / spreads[name], "<f4")} for k in range(len(metrics))]
        )
        for name, rows in groups.items()
    ]
    return shapes, modes


def detector(**changes):
    """Return a Mahalanobis detector, with changes."""
    table = {"windows": 99, "scores": text([1.0, 4.0, 9.0], "<f4"), "p_values": text([1.0, 0.5, 0.01], "<f4")}
    return {
        "kind": "mahalanobis",
        "parameters": {},
        "thresholds": {"window": 12.0, "notice": 8.0, "alarm": 10.0},
        "window_calibration": table,
        "calibration": table,
        "grey_zone": None,
        **changes,
    }


def autoencoder(size, hidden=16, seed=1):
    """Return an autoencoder of that many inputs, with weights that nobody trained."""
    rng = np.random.default_rng(seed)
    layers = [
        {
            "weights": text(rng.integers(-127, 128, outputs * inputs), "i1"),
            "scale": 0.002,
            "bias": text(rng.normal(0, 0.1, outputs), "<f4"),
            "activation": activation,
        }
        for outputs, inputs, activation in ((hidden, size, "relu"), (size, hidden, "linear"))
    ]
    parameters = {"limit": 8.0, "gain": 1.1, "layers": layers}
    return detector(kind="autoencoder", parameters=parameters)


def document(groups, feature_set, window_len, metrics=METRICS, share=with_own_shapes, **changes):
    """Return the document of a model with a mode for each of groups, name: feature rows (n, n_features)."""
    shapes, modes = share(groups, metrics)
    return {
        "format": "judder-model",
        "version": 2,
        "name": "machine",
        "created": "",
        "provenance": {},
        "signal": {"axes": 3, "unit": "g", "sample_rate_hz": 250.0, "window_len": window_len},
        "features": {"set": feature_set},
        "pose": {"mean": [0.0, 0.0, 1.0], "tolerance": 0.05},
        "disturbance": {"limit_g": 0.2},
        "standstill": {"limit_g": 0.004},
        "metrics": [{"level": level, "windows": windows} for level, windows in metrics],
        "shapes": shapes,
        "modes": modes,
        "detectors": [detector()],
        "decision": {"most_disturbed": 2, "m": 1, "n": 5, "clear": 0},
        "evaluation": None,
        "golden": [],
        **changes,
    }


def encode(document):
    return json.dumps(document, separators=(",", ":")).encode()
