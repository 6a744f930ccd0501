"""Statistics of samples and of feature vectors."""

MAD_SCALE = 1.4826
CORRELATIONS = ("correlation_xy", "correlation_xz", "correlation_yz")
QUANTISATION = 1 / 12  # variance of rounding to whole counts


def mad(values, numeric):
    """Return the median absolute deviation x 1.4826, in the unit of values.

    values: what numeric.axis() returns, or for the pure engine any sequence of numbers; not empty.
    The factor makes it estimate the standard deviation of Gaussian data.
    Source: Rousseeuw & Croux 1993; scipy.stats.median_abs_deviation(values, scale="normal") to 2e-6.

    >>> from judder_core import numeric
    >>> round(mad([1, 1, 2, 2, 4, 6, 9], numeric), 4)
    1.4826
    """
    twice = numeric.median_x2(values)
    return numeric.median_gap_x4(values, twice) * (MAD_SCALE / 4)


class Centred:
    """One axis less a whole number near its mean, in counts, so that sums of squares stay small and exact.

    values: n of them. mean: theirs, between -0.5 and 0.5. variance: divided by n.
    """

    def __init__(self, numeric, values):
        self.n = values.shape[-1] if hasattr(values, "shape") else len(values)
        self.values = numeric.minus(values, numeric.nearest(numeric.total(values) / self.n))
        self.mean = numeric.total(self.values) / self.n
        self.variance = numeric.dot(self.values, self.values) / self.n - self.mean * self.mean


def correlations(numeric, axes):
    """Return the CORRELATIONS of three Centred. Silence correlates with nothing: 0."""
    result = []
    for a, b in ((0, 1), (0, 2), (1, 2)):
        one, other = axes[a], axes[b]
        covariance = numeric.dot(one.values, other.values) / one.n - one.mean * other.mean
        spread = (one.variance + QUANTISATION) * (other.variance + QUANTISATION)
        result.append(covariance / numeric.square_root(spread))
    return result
