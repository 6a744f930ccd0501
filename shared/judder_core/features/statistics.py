"""21 statistics of how a window shakes, most as logarithms so that quiet and loud machines compare.

For each axis the deviation of the first difference, extent, standard deviation and MAD (log g), log kurtosis
and crossings of the mean (a sample); then the correlations of xy, xz and yz.
"""

from .. import stats
from ..stats import QUANTISATION
from ..window import AXES

DEVIATION_FLOOR = 0.02  # of a logarithm: 2 %


def names():
    of_an_axis = "log_step", "log_extent", "log_sd", "log_kurtosis", "crossings", "log_mad"
    return tuple([name + "_" + axis for axis in "xyz" for name in of_an_axis]) + stats.CORRELATIONS


def compute(numeric, counts, scale_g, pose=None, axes=None):
    axes = axes or stats.centred(numeric, counts)
    quicker = numeric.statistics() if hasattr(numeric, "statistics") else numeric
    result = []
    log_scale = numeric.logarithm(scale_g)
    for k in range(AXES):
        values = numeric.axis(counts, k)
        axis = axes[k]
        step_variance = quicker.squared_steps(axis.values) / (axis.n - 1)
        result += [
            0.5 * numeric.logarithm(step_variance + 2 * QUANTISATION) + log_scale,
            numeric.logarithm(quicker.extent(values) + 1) + log_scale,
            0.5 * numeric.logarithm(axis.variance + QUANTISATION) + log_scale,
            numeric.logarithm(_kurtosis(quicker, axis)),
            quicker.crossings(axis.values, axis.mean) / (axis.n - 1),
            numeric.logarithm(stats.mad(values, numeric) + 0.5) + log_scale,
        ]
    return result + stats.correlations(numeric, stats.covariances(numeric, axes))


def _kurtosis(quicker, axis):
    """Return the fourth central moment over the squared variance: 3 for Gaussian noise and for silence.

    Both moments are those of the signal plus the noise of rounding, taken as Gaussian.
    """
    m = axis.mean
    second, third, fourth = [total / axis.n for total in quicker.moments(axis.values)]
    fourth = fourth - 4 * m * third + 6 * m * m * second - 3 * m * m * m * m
    noisy_fourth = fourth + 6 * QUANTISATION * axis.variance + 3 * QUANTISATION * QUANTISATION
    return noisy_fourth / (axis.variance + QUANTISATION) ** 2
