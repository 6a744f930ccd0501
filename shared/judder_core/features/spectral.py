"""The log power in 32 equal bands from 0 to half the sample rate, summed over the axes.

In g^2: white noise of variance v on one axis has log(v) in each band. The noise of rounding is the floor.
"""

from .. import stats
from ..spectrum import kept, too_short
from ..stats import QUANTISATION
from ..window import AXES

BANDS = 32
DEVIATION_FLOOR = 0.02  # of a logarithm: 2 %


def names():
    return band_names(BANDS)


def band_names(number):
    return tuple(["band_%02d" % band for band in range(number)])


def compute(numeric, counts, scale_g, pose=None, axes=None):
    axes = axes or stats.centred(numeric, counts)
    return bands(numeric, axes, scale_g, BANDS)


def bands(numeric, axes, scale_g, number):
    """Return the log power of axes, three stats.Centred, in that number of bands."""
    transform = _transform(numeric, axes[0].n, number)
    x, y, z = [numeric.integers(axis.values) for axis in axes]
    powers, unit = power(numeric, transform, x, y, number)
    others, other_unit = power(numeric, transform, z, None, number)
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


def power(numeric, transform, x, y, number):
    """Return (powers, unit): powers[b] * unit is the sum of |X|^2 + |Y|^2 over band b of that number.

    x, y: whole scalars; y may be None. powers are whole scalars, unit a float scalar.
    """
    one, other = (x, 0), None if y is None else (y, 0)
    shift = transform.shift(numeric, (one, other))
    transformed = transform.transformed(one, other, shift)
    powers = [None] * number
    for band in range(number):
        start, stop = edge(transform.size, band, number), edge(transform.size, band + 1, number)
        powers[band] = transform.energy(transformed, start, stop)
    return powers, transform.unit(shift) / 2  # |Z_k|^2 + |Z_-k|^2 is twice what is wanted


def edge(size, band, number):
    """Return the first bin of band: the bins 1 to size / 2 - 1 are shared evenly by that many bands."""
    return (size // 2 - 1) * band // number + 1


def _transform(numeric, window_len, number):
    """Return the tables for window_len. Raises CoreError where a band would be empty."""
    if window_len <= 2 * number:
        raise too_short(window_len, number, 2 * number + 1)
    return kept(numeric.transform, window_len)
