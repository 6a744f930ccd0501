"""The Mahalanobis distance, through a whitening matrix so that no board inverts anything.

A covariance C = L L^T (Cholesky) gives the whitening matrix W = L^-T, upper triangular. For a residual r,
features less a mean, z = r @ W has unit covariance and |z| is the distance. W is kept as whole numbers of 16
bits, each column times a scale, since these take half the room of floats: W[i,j] = whitening[p] * scales[j],
packed upper triangle column by column (LAPACK's order): W[0,0], W[0,1], W[1,1], W[0,2], ... Operating modes
may share one, each with a stretch of its own: z = (r * stretch) @ W.

residual: n numbers (with the NumPy engine, arrays, one number a window).
"""

from array import array


class Metric:
    """whitening: n * (n + 1) / 2 whole numbers; scales: n floats; stretch: n floats, or None for 1."""

    def __init__(self, whitening, scales, stretch=None):
        self.whitening = whitening
        self.scales = scales
        self.stretch = stretch


def residual(measured, mean, numeric):
    """Return measured - mean as a row of float32, n numbers.

    >>> from judder_core import numeric
    >>> list(residual([3.0, 1.0], [1.0, 1.5], numeric))
    [2.0, -0.5]
    """
    if hasattr(numeric, "residual"):
        return numeric.residual(measured, mean)
    return array("f", [measured[i] - mean[i] for i in range(len(mean))])


def distance(residual, metric, numeric):
    """Return the Mahalanobis distance of residual from 0: |z|, never its square.

    Source: scipy.spatial.distance.mahalanobis.

    >>> from judder_core import numeric
    >>> distance([2.0, 0.0], Metric([2, 0, 4], [0.25, 0.5]), numeric)
    1.0
    """
    return length(whitened(residual, metric, numeric), numeric)


def whitened(residual, metric, numeric):
    """Return z, n numbers of unit covariance. An engine's may hold until the next call."""
    if hasattr(numeric, "whitened"):
        return numeric.whitened(residual, metric)
    if metric.stretch is not None:
        residual = numeric.vector([residual[i] * metric.stretch[i] for i in range(len(metric.stretch))])
    result = []
    position = 0
    for j in range(len(metric.scales)):
        z = 0.0
        for i in range(j + 1):
            z = z + residual[i] * metric.whitening[position]
            position += 1
        result.append(z * metric.scales[j])
    return numeric.vector(result)


def length(z, numeric):
    """Return the root of the sum of squares of z."""
    if hasattr(numeric, "length"):
        return numeric.length(z)
    total = 0.0
    for value in z:
        total = total + value * value
    return numeric.square_root(total)
