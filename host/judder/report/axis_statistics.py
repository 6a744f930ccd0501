"""The statistics that the reference draws: five per axis, and how the axes move together."""

from itertools import combinations

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from judder.engine.robust import mad
from judder.quality.survey import AXES

Floats = NDArray[np.float64]

STATISTICS = ("mean", "variance", "kurtosis", "skew", "MAD")
PAIRS = tuple(combinations(range(len(AXES)), 2))


def moments(samples_g: Floats) -> dict[str, Floats]:
    """Return each of STATISTICS of each window and axis, (n, 3), of samples (n, window_len, 3) in g.

    Kurtosis and skew of an axis that stands still are 0.
    """
    with np.errstate(invalid="ignore", divide="ignore"):
        values = (
            samples_g.mean(axis=1),
            samples_g.var(axis=1),
            stats.kurtosis(samples_g, axis=1),
            stats.skew(samples_g, axis=1),
            mad(samples_g, axis=1),
        )
    return {name: np.nan_to_num(value) for name, value in zip(STATISTICS, values, strict=True)}


def correlations(samples_g: Floats) -> Floats:
    """Return how the axes of each window move together, (n, 3): xy, xz, yz. 0 where one stands still."""
    centred = samples_g - samples_g.mean(axis=1, keepdims=True)
    scale = np.sqrt((centred**2).sum(axis=1))
    return np.stack([_correlation(centred, scale, i, j) for i, j in PAIRS], axis=-1)


def _correlation(centred: Floats, scale: Floats, i: int, j: int) -> Floats:
    product = scale[:, i] * scale[:, j]
    together = (centred[..., i] * centred[..., j]).sum(axis=1)
    found: Floats = np.divide(together, product, out=np.zeros_like(together), where=product > 0)
    return found
