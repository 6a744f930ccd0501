"""Statistics that a few wild values do not move."""

import numpy as np
from judder_core.stats import MAD_SCALE
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def mad(values: Floats, axis: int = 0, scale: float = MAD_SCALE) -> Floats:
    """Return the scaled median absolute deviation along axis, in the unit of values.

    scale: the default makes it estimate the standard deviation of Gaussian data.
    Source: Rousseeuw & Croux 1993; scipy.stats.median_abs_deviation(values, scale="normal") to 2e-6.
    """
    gaps = np.abs(values - np.median(values, axis=axis, keepdims=True))
    return np.asarray(scale * np.median(gaps, axis=axis))
