"""What learning needs: mean, covariance, whitening, p-values and quantiles. No board loads it."""

import math

from .calibration import Calibration
from .errors import CoreError


def mean(rows):
    """Return the mean of each column of rows, a non-empty sequence of equally long sequences."""
    return [sum([row[i] for row in rows]) / len(rows) for i in range(len(rows[0]))]


def covariance(rows, centre):
    """Return the sample covariance of rows about centre, their mean, as a list of lists.

    rows: at least two. Two passes, the mean first: in float32 the one-pass formula loses 2 % (a measured
    figure) where the mean is large beside the spread. Source: numpy.cov(rows, rowvar=False).
    """
    size = len(centre)
    total = [[0.0] * size for _ in range(size)]
    for row in rows:
        gap = [row[i] - centre[i] for i in range(size)]
        for i in range(size):
            for j in range(i + 1):
                total[i][j] += gap[i] * gap[j]
    for i in range(size):
        for j in range(i + 1):
            total[i][j] /= len(rows) - 1
            total[j][i] = total[i][j]
    return total


def whitening(covariance):
    """Return the packed whitening matrix of covariance (see mahalanobis), a symmetric list of lists.

    Raises CoreError where a combination of features has no variance.
    Source: numpy.linalg.inv(numpy.linalg.cholesky(covariance)).T

    >>> whitening([[4.0, 0.0], [0.0, 0.25]])
    [0.5, 0.0, 2.0]
    """
    lower = _cholesky(covariance)
    columns = []
    for j in range(len(lower)):  # row j of L^-1 is column j of W
        row = [0.0] * (j + 1)
        for i in range(j, -1, -1):
            unit = 1.0 if i == j else 0.0
            row[i] = (unit - sum([row[k] * lower[k][i] for k in range(i + 1, j + 1)])) / lower[i][i]
        columns.extend(row)
    return columns


def _cholesky(covariance):
    size = len(covariance)
    lower = [[0.0] * size for _ in range(size)]
    for i in range(size):
        for j in range(i + 1):
            rest = covariance[i][j] - sum([lower[i][k] * lower[j][k] for k in range(j)])
            if i == j:
                if not rest > 1e-12 * covariance[i][i]:
                    raise CoreError(
                        "Feature %d does not vary beside the others, so no distance can be measured." % i,
                        "Record more windows, or a sensor with a finer range.",
                    )
                lower[i][i] = math.sqrt(rest)
            else:
                lower[i][j] = rest / lower[j][j]
    return lower


def calibrate(scores, ranks=48):
    """Return the Calibration of scores, a non-empty sequence of floats, with at most ranks rows.

    The rows lie close together where scores are rare, since that is where thresholds are.

    >>> calibrate([3.0, 1.0, 2.0]).p_values
    [1.0, 0.75, 0.5]
    """
    rising = sorted(scores)
    n = len(rising)
    kept = _ranks(n, ranks)
    return Calibration(n, [rising[n - r] for r in kept], [(r + 1) / (n + 1) for r in kept])


def _ranks(n, most):
    """Return falling ranks (1: the highest score) from n to 1, spaced evenly in their logarithm."""
    if n <= most:
        return list(range(n, 0, -1))
    ratio = n ** (1.0 / (most - 1))
    found = set([n])
    for k in range(most):
        found.add(min(n, max(1, int(round(ratio**k)))))
    return sorted(found, reverse=True)


def normal_quantile(rate):
    """Return what a standard normal variable exceeds at rate, 0 < rate < 0.5, by bisection.

    >>> round(normal_quantile(0.025), 3)
    1.96
    """
    low, high = 0.0, 40.0
    for _ in range(50):
        middle = (low + high) / 2
        if 0.5 * math.erfc(middle * math.sqrt(0.5)) > rate:
            low = middle
        else:
            high = middle
    return low
