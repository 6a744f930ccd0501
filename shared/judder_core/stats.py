"""Statistics of samples and of feature vectors."""

from .window import AXES

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

    values: n of them. mean: theirs, between -0.5 and 0.5. level: the mean as it was before. variance: divided
    by n.
    """

    def __init__(self, numeric, values):
        self.n = values.shape[-1] if hasattr(values, "shape") else len(values)
        self.level = numeric.total(values) / self.n
        self.values = numeric.minus(values, numeric.nearest(self.level))
        self.mean = numeric.total(self.values) / self.n
        self.variance = numeric.dot(self.values, self.values) / self.n - self.mean * self.mean


def centred(numeric, counts):
    """Return x, y and z of a window, each Centred."""
    return [Centred(numeric, numeric.axis(counts, k)) for k in range(AXES)]


def covariances(numeric, axes):
    """Return xx, yy, zz, xy, xz and yz of three Centred, in counts squared."""
    return [axis.variance for axis in axes] + [
        numeric.dot(one.values, other.values) / one.n - one.mean * other.mean
        for one, other in ((axes[0], axes[1]), (axes[0], axes[2]), (axes[1], axes[2]))
    ]


def correlations(numeric, covariances):
    """Return the CORRELATIONS that follow from covariances(). Silence correlates with nothing: 0."""
    x, y, z = [variance + QUANTISATION for variance in covariances[:3]]
    spreads = x * y, x * z, y * z
    return [covariances[3 + k] / numeric.square_root(spreads[k]) for k in range(3)]
