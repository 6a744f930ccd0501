"""How strongly a machine shakes, in which directions, and how its axes move together: 27 features.

The log power in 12 bands, summed over the axes; in 4 bands of each axis; and the correlations of xy, xz and
yz: in g^2, as `spectral` has it. The bands overlap, see triangles. What has a direction is turned to the pose
of training first, so that a sensor put back a little askew still sees the same machine.
"""

from .. import rotation, stats
from ..spectrum import HANN_BITS, kept, too_short
from ..stats import QUANTISATION
from ..window import AXES

BANDS, AXIS_BANDS = 12, 4
LEAST_LEN = 33  # padded to 64, which leaves 31 bins; with 15 some band would have no centre of its own
DEVIATION_FLOOR = 0.02  # of a logarithm: 2 %


def names():
    bands = ["band_%02d" % band for band in range(BANDS)]
    of_axes = ["band_%s_%d" % (axis, band) for axis in "xyz" for band in range(AXIS_BANDS)]
    return tuple(bands + of_axes) + stats.CORRELATIONS


def compute(numeric, counts, scale_g, pose=None, axes=None):
    axes = axes or stats.centred(numeric, counts)
    turn = _as_it_is
    if pose is not None:
        mean_g = [axis.level * scale_g for axis in axes]
        turn = numeric.turning(rotation.smallest(numeric, mean_g, pose))
    result = _powers(numeric, axes, turn)
    log_scale = 2 * numeric.logarithm(scale_g)
    for k in range(len(result)):
        result[k] = numeric.logarithm(result[k]) + log_scale
    covariances = turn(stats.covariances(numeric, axes), len(rotation.PAIRS))
    for k in range(AXES):
        covariances[k] = numeric.maximum(covariances[k], 0)  # what rounding may leave of a still axis
    return result + stats.correlations(numeric, covariances)


def signal(numeric, axis):
    """Return what the transform takes of an axis, without the rest of its mean.

    Else a mean that comes to lie between two counts, as on a warmer day, moves the first band of a quiet
    machine fourfold.
    """
    return numeric.integers(axis.values), numeric.nearest(axis.mean * (1 << HANN_BITS))


def _as_it_is(products, n):
    return products


def _powers(numeric, axes, turn):
    """Return the power in each band, in counts squared: of all axes, then of x, y and z once turned."""
    tables = kept(Tables, numeric.transform, axes[0].n)
    weighted = tables.transform.weighted
    spectra, unit = tables.spectra(numeric, *[signal(numeric, axis) for axis in axes])
    itself = [(one, one) for one in spectra]
    pairs = [((spectra[i], spectra[j]),) for i, j in rotation.PAIRS]
    powers = [None] * (BANDS + AXES * AXIS_BANDS)
    for band in range(BANDS):
        power = weighted(itself, tables.of_all, band) * (unit / tables.of_all[2][band])
        powers[band] = power + AXES * QUANTISATION
    for band in range(AXIS_BANDS):
        share = unit / tables.of_each[2][band]
        turned = turn([weighted(pair, tables.of_each, band) for pair in pairs], AXES)
        for k in range(AXES):
            powers[BANDS + k * AXIS_BANDS + band] = numeric.maximum(turned[k] * share, 0) + QUANTISATION
    return powers


class Tables:
    """The transform for windows of that length, and the triangles for all axes together and for each."""

    def __init__(self, make, window_len):
        from ..triangles import triangles  # a board forgets it after its first window

        if window_len < LEAST_LEN:
            raise too_short(window_len, BANDS, LEAST_LEN)
        self.transform = make(window_len)
        self._room = self.transform.room()
        bins = self.transform.size // 2 - 1
        self.of_all, self.of_each = triangles(bins, BANDS), triangles(bins, AXIS_BANDS)

    def spectra(self, numeric, x, y, z):
        """Return (spectra, unit): twice the transforms of x, y and z, and the unit of their powers.

        They are shifted alike, so that their products compare.
        """
        transform = self.transform
        shift = transform.shift(numeric, (x, y, z))
        third, _ = transform.split(transform.transformed(z, None, shift, self._room), True)
        first, second = transform.split(transform.transformed(x, y, shift), False)
        return (first, second, third), transform.unit(shift) / (4 * transform.noise_gain)
