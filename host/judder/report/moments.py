"""The statistics that the reference draws: five an axis, and how the axes move together."""

from collections.abc import Iterator, Sequence
from itertools import combinations

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from judder.data.windows import Windows
from judder.quality.survey import AXES

Floats = NDArray[np.float64]

STATISTICS = ("mean", "variance", "kurtosis", "skew", "MAD")
PAIRS = tuple(combinations(range(len(AXES)), 2))


def in_g(windows: Windows) -> Floats:
    """Return the samples of windows, (n, window_len, 3) in g."""
    samples: Floats = windows.samples * windows.scale_g[:, None, None]
    return samples


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
            stats.median_abs_deviation(samples_g, axis=1, scale="normal"),
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


def evenly(windows: Windows, most: int, conditions: Sequence[str] | None = None) -> Windows:
    """Return at most that many of windows, evenly chosen, as many of each condition (all unless given)."""
    names = list(dict.fromkeys(windows.condition.tolist())) if conditions is None else conditions
    share = max(1, most // max(1, len(names)))
    return windows.select(np.concatenate([np.arange(0), *_picks(windows, names, share)]))


def _picks(windows: Windows, names: Sequence[str], share: int) -> Iterator[NDArray[np.int64]]:
    for name in names:
        mine = np.flatnonzero(windows.condition == name)
        yield mine[:: max(1, -(-len(mine) // share))]
