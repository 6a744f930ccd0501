"""The log power in 32 equal bands from 0 to half the sample rate, summed over the axes.

In g^2: white noise of variance v on one axis has log(v) in each band. The noise of rounding is the floor.
"""

from .. import stats
from ..spectrum import edge, kept, too_short
from ..stats import QUANTISATION
from ..window import AXES

BANDS = 32
DEVIATION_FLOOR = 0.02  # of a logarithm: 2 %


def names():
    return band_names(BANDS)


def band_names(number):
    return tuple(["band_%02d" % band for band in range(number)])


def compute(numeric, counts, scale_g, pose=None):
    axes = [stats.Centred(numeric, numeric.axis(counts, k)) for k in range(AXES)]
    return bands(numeric, axes, scale_g, BANDS)


def bands(numeric, axes, scale_g, number):
    """Return the log power of axes, three stats.Centred, in that number of bands."""
    transform = _transform(numeric, axes[0].n, number)
    x, y, z = axes
    integers = numeric.integers
    powers, unit = transform.power(numeric, integers(x.values), integers(y.values), number)
    others, other_unit = transform.power(numeric, integers(z.values), None, number)
    unit, other_unit = unit / transform.noise_gain, other_unit / transform.noise_gain
    floor = AXES * QUANTISATION
    log_scale = 2 * numeric.logarithm(scale_g)
    result = [None] * number  # as long at once: a list that grows looks for room twice as long
    start = edge(transform.size, 0, number)
    for band in range(number):
        stop = edge(transform.size, band + 1, number)
        energy = powers[band] * unit + others[band] * other_unit
        result[band] = numeric.logarithm(energy / (stop - start) + floor) + log_scale
        start = stop
    return result


def _transform(numeric, window_len, number):
    """Return the tables for window_len. Raises CoreError where a band would be empty."""
    if window_len <= 2 * number:
        raise too_short(window_len, number, 2 * number + 1)
    return kept(numeric.transform, window_len)
