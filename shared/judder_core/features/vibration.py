"""What a machine sounds like, how strongly it shakes, and how its axes move together: 38 features.

The 32 bands of `spectral`, the log MAD of each axis and the correlations xy, xz, yz. Chosen for the published
recordings on the halves of their blocks that no figure is reported on; see docs in the README.
"""

from .. import stats
from ..window import AXES
from . import spectral

NAMES = (
    spectral.NAMES
    + ("log_mad_x", "log_mad_y", "log_mad_z")
    + ("correlation_xy", "correlation_xz", "correlation_yz")
)


def compute(numeric, counts, scale_g):
    axes = [stats.Centred(numeric, numeric.axis(counts, k)) for k in range(AXES)]
    result = spectral.bands(numeric, axes, scale_g)
    together = stats.correlations(numeric, axes)
    log_scale = numeric.logarithm(scale_g)
    for axis in axes:  # last, since the median may reorder values
        result.append(numeric.logarithm(stats.mad(axis.values, numeric) + 0.5) + log_scale)
    return result + together
