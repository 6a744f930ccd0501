"""The distance to the nearest operating mode, each mode one Gaussian."""

from typing import Any, Self

import numpy as np
from judder_core import mahalanobis
from judder_core.model import encode_floats

from judder import numeric_numpy
from judder.detectors.base import Floats, Names
from judder.errors import JudderError

VARIANCE_FLOOR = 1e-6
"""Added to each standardised variance: a feature that hardly moves must not turn rounding into an alarm."""


class MahalanobisDetector:
    """Mean and covariance of each operating mode; the score is the smallest Mahalanobis distance.

    mean_, std_: (n_features,), which standardise the features. modes_: (name, mean, packed whitening
    matrix) in standardised units. Every number is rounded to float32, as the artefact keeps it, so that
    what is evaluated is what a board runs.
    """

    kind = "mahalanobis"

    def __init__(self, variance_floor: float = VARIANCE_FLOOR) -> None:
        self.variance_floor = variance_floor

    def fit(self, features: Floats, operating_modes: Names) -> Self:
        self.mean_ = _single(features.mean(axis=0))
        self.std_ = _single(features.std(axis=0, ddof=1))
        if not (self.std_ > 0).all():
            raise JudderError(
                f"Feature {int(np.argmin(self.std_))} is the same in all {len(features)} windows.",
                hint="Look at the recording with: judder inspect",
            )
        scaled = (features - self.mean_) / self.std_
        self.modes_ = [
            (str(mode), *self._fit_mode(str(mode), scaled[operating_modes == mode]))
            for mode in dict.fromkeys(operating_modes)
        ]
        return self

    def _fit_mode(self, mode: str, scaled: Floats) -> tuple[Floats, Floats]:
        n, size = scaled.shape
        if n < size + 2:
            raise JudderError(
                f"Condition {mode} has {n} windows to learn from; {size} features need at least {size + 2}.",
                hint="Record more of it: judder record",
            )
        covariance = np.atleast_2d(np.cov(scaled, rowvar=False))
        packed = mahalanobis.whitening(covariance.tolist(), self.variance_floor)
        return _single(scaled.mean(axis=0)), _single(np.array(packed))

    def score(self, features: Floats) -> Floats:
        columns = list(((features - self.mean_) / self.std_).T)
        distances = [
            mahalanobis.distance(columns, mean, packed, numeric_numpy) for _, mean, packed in self.modes_
        ]
        nearest: Floats = np.min(distances, axis=0)
        return nearest

    def parameters(self) -> dict[str, Any]:
        return {
            "features": {"mean": encode_floats(self.mean_), "std": encode_floats(self.std_)},
            "parameters": {
                "modes": [
                    {"name": name, "mean": encode_floats(mean), "whitening": encode_floats(packed)}
                    for name, mean, packed in self.modes_
                ]
            },
        }


def _single(values: Floats) -> Floats:
    """Return values as float32 holds them."""
    return values.astype(np.float32).astype(np.float64)
