"""The Mahalanobis distance, through a whitening matrix so that no board inverts anything.

A covariance C = L L^T (Cholesky) gives the whitening matrix W = L^-T, upper triangular. For a feature
vector x, z = (x - mean) @ W has unit covariance and |z| is the distance. W is kept packed, upper
triangle column by column (LAPACK's order): W[0,0], W[0,1], W[1,1], W[0,2], ...
"""

import math

from .errors import CoreError


def whitening(covariance, floor=0.0):
    """Return the packed whitening matrix of covariance, a symmetric list of lists.

    floor: a variance added to the diagonal, so that a feature that hardly moves does not turn rounding
    into an alarm. Raises CoreError where a combination of features has no variance.
    Source: numpy.linalg.inv(numpy.linalg.cholesky(covariance)).T

    >>> whitening([[4.0, 0.0], [0.0, 0.25]])
    [0.5, 0.0, 2.0]
    """
    lower = _cholesky(covariance, floor)
    size = len(lower)
    columns = []
    for j in range(size):  # row j of L^-1 is column j of W
        row = [0.0] * (j + 1)
        for i in range(j, -1, -1):
            unit = 1.0 if i == j else 0.0
            row[i] = (unit - sum([row[k] * lower[k][i] for k in range(i + 1, j + 1)])) / lower[i][i]
        columns.extend(row)
    return columns


def _cholesky(covariance, floor):
    size = len(covariance)
    lower = [[0.0] * size for _ in range(size)]
    for i in range(size):
        for j in range(i + 1):
            rest = covariance[i][j] - sum([lower[i][k] * lower[j][k] for k in range(j)])
            if i == j:
                rest += floor
                if not rest > 1e-12 * covariance[i][i]:
                    raise CoreError(
                        "Feature %d does not vary beside the others, so no distance can be measured." % i,
                        "Record more windows, or a sensor with a finer range.",
                    )
                lower[i][i] = math.sqrt(rest)
            else:
                lower[i][j] = rest / lower[j][j]
    return lower


def distance(features, mean, packed, numeric):
    """Return the Mahalanobis distance of features from mean: |(features - mean) @ W|, never its square.

    features, mean: n numbers (with the NumPy engine, features are arrays, one number a window).
    packed: n * (n + 1) / 2 floats, see whitening(). Source: scipy.spatial.distance.mahalanobis.

    >>> from judder_core import numeric
    >>> distance([3.0, 1.0], [1.0, 1.0], [0.5, 0.0, 2.0], numeric)
    1.0
    """
    gaps = [features[i] - mean[i] for i in range(len(mean))]
    total = 0.0
    position = 0
    for j in range(len(gaps)):
        z = 0.0
        for i in range(j + 1):
            z = z + gaps[i] * packed[position]
            position += 1
        total = total + z * z
    return numeric.square_root(total)
