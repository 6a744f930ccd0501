"""The distance to the nearest operating mode, each mode one Gaussian."""

from typing import Self

import numpy as np
from judder_core import fit, mahalanobis_v1

from judder.detectors.base import Floats, Learned, Names
from judder.engine import numeric_numpy
from judder.errors import JudderError

PRIOR_WINDOWS = 10
"""How many windows the other modes' variances count for: a mode of few windows borrows from them."""
LEAST_WINDOWS = 4


class MahalanobisDetector:
    """Mean and shrunk covariance of each operating mode; the score is the smallest Mahalanobis distance.

    deviation_floor: the least standard deviation of a feature that is believed, in its unit.
    mean_, std_: (n_features,), which standardise the features; std_ is the deviation within the modes.
    modes_: (name, mean, packed whitening matrix) in standardised units. Every number is rounded to float32,
    as the artefact keeps it.

    Each mode's variances are drawn towards the mean of all by PRIOR_WINDOWS, its correlations towards none
    by Ledoit & Wolf (2004), so that a covariance of more features than windows can be inverted.
    """

    kind = "mahalanobis"

    def __init__(self, deviation_floor: float = 0.0) -> None:
        self.deviation_floor = deviation_floor

    def fit(self, features: Floats, operating_modes: Names) -> Self:
        names = list(dict.fromkeys(operating_modes.tolist()))
        groups = [features[operating_modes == name] for name in names]
        _check_sizes(names, groups)
        within = np.mean([group.var(axis=0) for group in groups], axis=0)
        self.mean_ = _single(features.mean(axis=0))
        self.std_ = _single(np.sqrt(within + self.deviation_floor**2))
        self.modes_ = [
            (name, *self._gaussian(group, within)) for name, group in zip(names, groups, strict=True)
        ]
        return self

    def _gaussian(self, group: Floats, within: Floats) -> tuple[Floats, Floats]:
        """Return the mean and the packed whitening matrix of one mode's features, in standardised units."""
        n = len(group)
        variance = (n * group.var(axis=0) + PRIOR_WINDOWS * within) / (n + PRIOR_WINDOWS)
        deviation = np.sqrt(variance + self.deviation_floor**2)
        correlation = ledoit_wolf((group - group.mean(axis=0)) / deviation)
        relative = deviation / self.std_
        packed = fit.whitening((correlation * np.outer(relative, relative)).tolist())
        mean = (group.mean(axis=0) - self.mean_) / self.std_
        return _single(mean), _single(np.array(packed))

    def fresh(self) -> Self:
        return type(self)(self.deviation_floor)

    def score(self, features: Floats) -> Floats:
        columns = list(((features - self.mean_) / self.std_).T)
        distances = [
            mahalanobis_v1.distance(columns, mean, packed, numeric_numpy) for _, mean, packed in self.modes_
        ]
        nearest: Floats = np.min(distances, axis=0)
        return nearest

    def learned(self) -> Learned:
        return Learned(self.mean_, self.std_, self.modes_)


def _check_sizes(names: list[str], groups: list[Floats]) -> None:
    for name, group in zip(names, groups, strict=True):
        if len(group) < LEAST_WINDOWS:
            raise JudderError(
                f"Condition {name} has {len(group)} windows to learn from; at least {LEAST_WINDOWS} are"
                " needed.",
                hint="Record more of it: judder record",
            )


def _single(values: Floats) -> Floats:
    """Return values as float32 holds them, so that what is evaluated is what a board runs."""
    return values.astype(np.float32).astype(np.float64)


def ledoit_wolf(centred: Floats) -> Floats:
    """Return the covariance of centred (n, p), of mean 0, shrunk towards a multiple of the identity.

    Source: Ledoit & Wolf, A well-conditioned estimator for large-dimensional covariance matrices, 2004;
    equals sklearn.covariance.ledoit_wolf.
    """
    n, p = centred.shape
    sample = centred.T @ centred / n
    target = np.trace(sample) / p * np.eye(p)
    distance = float(((sample - target) ** 2).sum())
    noise = float((((centred**2).T @ (centred**2)) / n - sample**2).sum()) / n
    weight = min(1.0, noise / distance) if distance > 0 else 1.0
    shrunk: Floats = weight * target + (1 - weight) * sample
    return shrunk
