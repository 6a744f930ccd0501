"""How strongly a machine shakes, in which directions, and how its axes move together: 27 features.

The log power in 12 bands, summed over the axes; in 4 bands of each axis; and the correlations of xy, xz and
yz: in g^2, as `spectral` has it. The bands overlap, see triangles. What has a direction is turned to the pose
of training first, so that a sensor put back a little askew still sees the same machine.
"""

from .. import rotation, stats
from ..spectrum import kept, too_short
from ..stats import QUANTISATION
from ..triangles import Triangles
from ..window import AXES

BANDS, AXIS_BANDS = 12, 4
LEAST_LEN = 33  # padded to 64, which leaves 31 bins; with 15 some band would have no centre of its own
DEVIATION_FLOOR = 0.02  # of a logarithm: 2 %


def names():
    bands = ["band_%02d" % band for band in range(BANDS)]
    of_axes = ["band_%s_%d" % (axis, band) for axis in "xyz" for band in range(AXIS_BANDS)]
    return tuple(bands + of_axes) + stats.CORRELATIONS


def compute(numeric, counts, scale_g, pose=None):
    axes = [stats.Centred(numeric, numeric.axis(counts, k)) for k in range(AXES)]
    rows = None
    if pose is not None:
        mean_g = [axis.level * scale_g for axis in axes]
        rows = rotation.of_products(rotation.smallest(numeric, mean_g, pose))
    covariances = rotation.turned(rows, stats.covariances(numeric, axes))
    for k in range(AXES):
        covariances[k] = numeric.maximum(covariances[k], 0)  # what rounding may leave of a still axis
    powers = _powers(numeric, axes, rows and rows[:AXES])
    log_scale = 2 * numeric.logarithm(scale_g)
    bands = [numeric.logarithm(power) + log_scale for power in powers]
    return bands + stats.correlations(numeric, covariances)


def _powers(numeric, axes, rows):
    """Return the power in each band, in counts squared: of all axes, then of x, y and z as rows turn them."""
    tables = kept(_Tables, numeric.transform, axes[0].n)
    weighted = tables.transform.weighted
    spectra, unit = tables.transform.spectra(numeric, *[numeric.integers(axis.values) for axis in axes])
    unit = unit / tables.transform.noise_gain
    powers = [None] * (BANDS + AXES * AXIS_BANDS)
    pairs = [((spectra[i], spectra[j]),) for i, j in rotation.PAIRS]
    itself = [(one, one) for one in spectra]
    for band in range(BANDS):
        share = unit / tables.all.totals[band]
        powers[band] = weighted(itself, tables.all, band) * share + AXES * QUANTISATION
    for band in range(AXIS_BANDS):
        share = unit / tables.each.totals[band]
        products = [weighted(pair, tables.each, band) for pair in pairs]
        of_axes = rotation.turned(rows, products)
        for k in range(AXES):
            place = BANDS + k * AXIS_BANDS + band
            powers[place] = numeric.maximum(of_axes[k] * share, 0) + QUANTISATION
    return powers


class _Tables:
    """The transform for windows of that length, and the bands of all axes together and of each."""

    def __init__(self, make, window_len):
        if window_len < LEAST_LEN:
            raise too_short(window_len, BANDS, LEAST_LEN)
        self.transform = make(window_len)
        bins = self.transform.size // 2 - 1
        self.all, self.each = Triangles(bins, BANDS), Triangles(bins, AXIS_BANDS)
