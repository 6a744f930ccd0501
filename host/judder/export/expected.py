"""What judder_core says of one window, by a model of either version, for a board to come to as well."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from judder_core import autoencoder_v1, mahalanobis, mahalanobis_v1, model_file_v2, numeric
from judder_core.model import AnyModel, as_float
from numpy.typing import NDArray


@dataclass(frozen=True)
class Expected:
    """features, as they are measured; score, of the window alone; alarm_score, 0 in version 1; whitened: what
    an autoencoder sees, by the nearest mode.
    """

    features: NDArray[np.float32]
    score: float
    alarm_score: float
    whitened: NDArray[np.float64]


def expected_of(model: AnyModel, detector: Any, counts: NDArray[Any], scale_g: float) -> Expected:
    """Return what is expected of a window of counts (window_len, 3)."""
    of = _v1 if model.version == 1 else _v2
    return of(model, detector, counts.ravel().tolist(), scale_g)


def _v1(_: Any, detector: Any, counts: list[int], scale_g: float) -> Expected:
    measured = detector.features(numeric, counts, scale_g)
    scaled = mahalanobis_v1.standardised(measured, detector.mean, detector.std, numeric)
    z = autoencoder_v1.whitened_by_nearest(scaled, detector.modes, numeric)
    return _expected(measured, detector.score_scaled(numeric, scaled), 0.0, z)


def _v2(model: Any, detector: Any, counts: list[int], scale_g: float) -> Expected:
    measured = model.features(numeric, counts, scale_g)
    mode, _, residual = model_file_v2.nearest(model, measured, numeric)
    score, alarm_score = model_file_v2.scores_of(model, detector, measured, numeric)
    z = mahalanobis.whitened(residual, model.modes[mode].metrics[0], numeric)
    return _expected(measured, score, alarm_score, z)


def _expected(measured: Any, score: Any, alarm_score: Any, z: Any) -> Expected:
    return Expected(
        np.asarray(measured, np.float32), as_float(score), as_float(alarm_score), np.asarray(z, np.float64)
    )
