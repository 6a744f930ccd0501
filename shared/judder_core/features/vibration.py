"""What a machine sounds like and how its axes move together: 27 features.

The log power in 24 equal bands, as in `spectral`, and the correlations of xy, xz and yz. The default: of the
sets tried on one half of the published recordings' blocks it did best there and on the other half alike,
among those of which six operating modes fit a board's model file.
"""

from .. import stats
from . import spectral

BANDS = 24
DEVIATION_FLOOR = 0.02  # of a logarithm: 2 %


def names():
    return spectral.band_names(BANDS) + stats.CORRELATIONS


def compute(numeric, counts, scale_g, pose=None, axes=None):
    axes = axes or stats.centred(numeric, counts)
    correlations = stats.correlations(numeric, stats.covariances(numeric, axes))
    return spectral.bands(numeric, axes, scale_g, BANDS) + correlations
