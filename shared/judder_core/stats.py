"""Statistics of samples and of feature vectors."""

from . import numeric as pure

MAD_SCALE = 1.4826


def median(values):
    """Return the median of values, a non-empty sequence of numbers.

    >>> median([3, 1, 2, 2])
    2.0
    """
    return pure.median_x2(list(values)) / 2


def mad(values, numeric=pure):
    """Return the median absolute deviation x 1.4826, in the unit of values.

    values: what numeric.axis() returns (for the pure engine a list, which is used up), not empty.
    The factor makes it estimate the standard deviation of Gaussian data.
    Source: Rousseeuw & Croux 1993; scipy.stats.median_abs_deviation(values, scale="normal") to 2e-6.

    >>> round(mad([1, 1, 2, 2, 4, 6, 9]), 4)
    1.4826
    """
    twice = numeric.median_x2(values)
    return numeric.median_x2(numeric.gap_x2(values, twice)) * (MAD_SCALE / 4)


class Moments:
    """Mean, variance and fourth central moment of one axis, in counts.

    centred: the values less a whole number near their mean, so that sums of squares stay small and, of
    counts, exact; mean is that of centred. Variances divide by n. Source: scipy.stats.moment.
    """

    def __init__(self, numeric, values):
        self.n = len(values) if hasattr(values, "append") else values.shape[-1]
        self.centred = numeric.minus(values, numeric.nearest(numeric.total(values) / self.n))
        squares = numeric.square(self.centred)
        m = self.mean = numeric.total(self.centred) / self.n
        second = numeric.total(squares) / self.n
        third = numeric.dot(squares, self.centred) / self.n
        self.variance = second - m * m
        self.fourth = (
            numeric.dot(squares, squares) / self.n - 4 * m * third + 6 * m * m * second - 3 * m * m * m * m
        )


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
