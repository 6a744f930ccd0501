"""The set `directional` by NumPy and SciPy, in floats and from its definition: no code of judder_core."""

from decimal import Decimal
from functools import cache

import numpy as np
from scipy import signal
from scipy.spatial.transform import Rotation

Q = 1 / 12  # variance of rounding to whole counts


def directional(counts, scale_g, pose=None):
    """Return the 27 features of counts, (window_len, 3)."""
    centred = counts - counts.mean(axis=0)
    turn = rotation(counts.mean(axis=0) * scale_g, pose)
    density = cross_density(centred)
    together = triangles(len(density), 12) @ np.trace(density, axis1=1, axis2=2)
    each = np.einsum("bk,kij->bij", triangles(len(density), 4), density)
    of_axes = np.einsum("pi,bij,pj->pb", turn, each, turn)
    covariance = turn @ np.cov(centred.T, bias=True) @ turn.T
    spread = np.sqrt(np.diag(covariance) + Q)
    correlations = (covariance / np.outer(spread, spread))[[0, 0, 1], [1, 2, 2]]
    powers = np.concatenate([together + 3 * Q, of_axes.ravel() + Q])
    return np.concatenate([np.log(powers * scale_g**2), correlations])


def cross_density(values):
    """Return Re(X_i conj X_j) of the bins without DC and Nyquist, (bins, 3, 3); noise of variance 1 has 1."""
    hann = signal.get_window("hann", len(values))
    size = max(16, 1 << (len(values) - 1).bit_length())
    spectra = np.fft.rfft(values * hann[:, None], size, axis=0)[1:-1]
    return (spectra[:, :, None] * spectra[:, None, :].conj()).real / (hann**2).sum()


@cache
def triangles(bins, number):
    """Return each band's weights, (number, bins), in steps of 1/256 before they are made to sum to 1."""
    centres = [int(exact) for exact in exact_centres(bins, number)]
    for k in range(1, number):
        centres[k] = max(centres[k], centres[k - 1] + 2)
    for k in range(number):
        centres[-1 - k] = min(centres[-1 - k], bins - 1 - 2 * k)
    at = np.arange(bins)
    rising = np.array(
        [np.interp(at, [centres[k], centres[k + 1]], [0, 1]) for k in range(number - 1)]
    )  # from 0 to 1 between two centres, flat outside
    above = np.floor(256 * rising + 1e-9) / 256
    weights = np.vstack([np.ones(bins), above]) - np.vstack([above, np.zeros(bins)])
    return weights / weights.sum(axis=1, keepdims=True)


def exact_centres(bins, number):
    """Return bins * ((k + 1/2) / number)^1.6 + 1/2 to 28 digits."""
    shares = (Decimal(2 * k + 1) / Decimal(2 * number) for k in range(number))
    return [Decimal(bins) * share ** Decimal("1.6") + Decimal("0.5") for share in shares]


def rotation(mean_g, pose):
    """Return the smallest rotation from mean_g to pose; none without a pose or a gravity."""
    if pose is None or not 0.5 <= np.linalg.norm(mean_g) <= 1.5:
        return np.eye(3)
    one, other = (np.asarray(v) / np.linalg.norm(v) for v in (mean_g, pose))
    axis, cosine = np.cross(one, other), one @ other
    if 1 + cosine < 0.02:
        return np.eye(3)
    sine = np.linalg.norm(axis)
    angle = np.arctan2(sine, cosine)
    return Rotation.from_rotvec(axis * angle / sine if sine else axis).as_matrix()
