"""Operating modes, found where nobody labelled them: a machine that runs at several speeds or loads."""

import numpy as np
from judder_core import model_file
from numpy.typing import NDArray
from scipy.cluster.vq import kmeans2

from judder.data.windows import Windows

Floats = NDArray[np.float64]
Names = NDArray[np.str_]

MOST_MODES = 6
LEAST_WINDOWS = 20
SEPARATION = 6.0
"""Deviations between two modes, along the line from one to the other.

A Gaussian cut in two halves shows 2.7, a steady drift 3.5; at 6 there is a gap between them."""
RESTARTS = 5
REST_OF_FILE = 4500


def find_modes(windows: Windows, features: Floats, deviation_floor: float = 0.0) -> Names:
    """Return the operating mode of each window, (n,): its condition, and a number where that has several.

    features: (n, n_features). Each condition is clustered by itself, by k-means with as many modes as keep
    apart. A change of mode is rare, so features are scaled by how they change from window to window (von
    Neumann 1941).
    """
    names = windows.condition.astype(object)
    most = most_modes(features.shape[1])
    steps = [np.diff(features[run], axis=0) for run in windows.runs()]
    noise = np.sqrt((np.concatenate(steps) ** 2).mean(axis=0) / 2 + deviation_floor**2)
    for condition in dict.fromkeys(windows.condition.tolist()):
        mine = np.flatnonzero(windows.condition == condition)
        found = _cluster(features[mine] / noise, most)
        if found.any():
            names[mine] = [f"{condition} {number + 1}" for number in found]
    return names.astype(str)


def most_modes(n_features: int) -> int:
    """Return how many modes' means and whitening matrices fit in a model file."""
    a_mode = (n_features * (n_features + 3) // 2) * 4 * 4 // 3
    return max(1, min(MOST_MODES, (model_file.MAX_BYTES - REST_OF_FILE) // a_mode))


def _cluster(rows: Floats, most: int) -> NDArray[np.int64]:
    """Return a cluster's number for each row, the first row's 0: the most clusters that keep apart."""
    for k in range(min(most, len(rows) // LEAST_WINDOWS), 1, -1):
        label = _k_means(rows, k)
        if np.bincount(label, minlength=k).min() >= LEAST_WINDOWS and _separation(rows, label) > SEPARATION:
            order = {old: new for new, old in enumerate(dict.fromkeys(label.tolist()))}
            return np.array([order[old] for old in label.tolist()])
    return np.zeros(len(rows), np.int64)


def _k_means(rows: Floats, k: int) -> NDArray[np.int64]:
    tries = [
        kmeans2(rows, k, minit="++", rng=np.random.default_rng(seed), missing="warn")
        for seed in range(RESTARTS)
    ]
    spread = [float(((rows - centres[label]) ** 2).sum()) for centres, label in tries]
    return np.asarray(tries[int(np.argmin(spread))][1], np.int64)


def _separation(rows: Floats, label: NDArray[np.int64]) -> float:
    """Return the least distance between two clusters' means, in their deviation along the line between."""
    groups = [rows[label == k] for k in range(int(label.max()) + 1)]
    least = np.inf
    for i, one in enumerate(groups):
        for other in groups[:i]:
            gap = one.mean(axis=0) - other.mean(axis=0)
            length = float(np.linalg.norm(gap))
            if not length:
                return 0.0
            along = [(group @ gap / length).std() for group in (one, other)]
            least = min(least, length / max(float(np.hypot(*along)) / np.sqrt(2), 1e-12))
    return float(least)
