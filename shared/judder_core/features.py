"""What a detector sees of a window. Each feature set is written once, over the numeric interface.

All sets are blind to the sensor's pose: each axis is taken about its own mean or median.
"""

from . import stats
from .errors import CoreError
from .spectrum import Transform
from .window import AXES

BANDS = 32
AXIS_NAMES = "xyz"
PAIRS = ((0, 1), (0, 2), (1, 2))
QUANTISATION = 1 / 12
"""The variance of rounding, counts^2, added before logarithms: silence is a floor, not -infinity."""


def compute(numeric, name, counts, scale_g):
    """Return the feature set called name of one window, a list of floats.

    numeric: an engine (see numeric.py). counts: int16 x, y, z interleaved; scale_g: g per count.
    With the NumPy engine counts is (n, window_len, 3) and each feature an array (n,).
    Raises CoreError for a set that does not exist.
    """
    return _set(name)[1](numeric, counts, scale_g)


def names(name):
    """Return the names of the features in the set called name.

    >>> names("mad")
    ('mad_x', 'mad_y', 'mad_z')
    """
    return _set(name)[0]


def _set(name):
    if name not in SETS:
        raise CoreError("There is no feature set %r." % (name,), "Use one of: %s." % ", ".join(sorted(SETS)))
    return SETS[name]


def _mad(numeric, counts, scale_g):
    """Median absolute deviation x 1.4826 of each axis, in g: how strongly it shakes, bumps left out."""
    return [stats.mad(numeric.axis(counts, k), numeric) * scale_g for k in range(AXES)]


def _statistics(numeric, counts, scale_g):
    """For each axis: the deviation of the first difference, extent, standard deviation (log g), log kurtosis,
    mean crossings a sample and MAD (log g); then the correlations xy, xz, yz.
    """
    result = []
    axes = []
    log_scale = numeric.logarithm(scale_g)
    for k in range(AXES):
        values = numeric.axis(counts, k)
        axis = stats.Moments(numeric, values)
        axes.append(axis)
        steps = numeric.difference(axis.centred)
        step_variance = numeric.dot(steps, steps) / (axis.n - 1)
        result += [
            0.5 * numeric.logarithm(step_variance + 2 * QUANTISATION) + log_scale,
            numeric.logarithm(numeric.extent(values) + 1) + log_scale,
            0.5 * numeric.logarithm(axis.variance + QUANTISATION) + log_scale,
            numeric.logarithm(
                (axis.fourth + 3 * QUANTISATION * axis.variance + QUANTISATION)
                / (axis.variance + QUANTISATION) ** 2
            ),
            numeric.crossings(axis.centred, axis.mean) / (axis.n - 1),
            numeric.logarithm(stats.mad(values, numeric) + 0.5) + log_scale,
        ]
    for a, b in PAIRS:
        covariance = numeric.dot(axes[a].centred, axes[b].centred) / axes[a].n - axes[a].mean * axes[b].mean
        spread = (axes[a].variance + QUANTISATION) * (axes[b].variance + QUANTISATION)
        result.append(covariance / numeric.square_root(spread))
    return result


def _spectral(numeric, counts, scale_g):
    """The log power in 32 equal bands from 0 to half the sample rate, summed over the axes.

    In g^2: white noise of variance v has log(3 v) in each band.
    """
    x, y, z = [_centred(numeric, counts, k) for k in range(AXES)]
    transform = _transform(len(x))
    powers, unit = transform.power(numeric, x, y)
    others, other_unit = transform.power(numeric, z, [z[0] * 0] * len(z))
    log_scale = 2 * numeric.logarithm(scale_g)
    result = []
    for band in range(BANDS):
        start, stop = len(powers) * band // BANDS, len(powers) * (band + 1) // BANDS
        energy = sum(powers[start:stop]) * unit + sum(others[start:stop]) * other_unit
        mean = energy / ((stop - start) * transform.noise_gain)
        result.append(numeric.logarithm(mean + AXES * QUANTISATION) + log_scale)
    return result


def _centred(numeric, counts, k):
    values = numeric.axis(counts, k)
    return numeric.integers(stats.Moments(numeric, values).centred)


_transforms = {}


def _transform(window_len):
    """Return the tables for window_len, made once."""
    if window_len not in _transforms:
        _transforms.clear()  # a board has one length; its tables take kBs
        _transforms[window_len] = Transform(window_len)
    return _transforms[window_len]


_AXIS_STATISTICS = ("log_step", "log_extent", "log_sd", "log_kurtosis", "crossings", "log_mad")

SETS = {
    "mad": (("mad_x", "mad_y", "mad_z"), _mad),
    "statistics": (
        tuple([name + "_" + axis for axis in AXIS_NAMES for name in _AXIS_STATISTICS])
        + tuple(["correlation_" + AXIS_NAMES[a] + AXIS_NAMES[b] for a, b in PAIRS]),
        _statistics,
    ),
    "spectral": (tuple(["band_%02d" % band for band in range(BANDS)]), _spectral),
}
