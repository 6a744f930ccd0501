"""Covariances of more features than windows."""

import numpy as np

from judder.detectors.base import Floats


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
