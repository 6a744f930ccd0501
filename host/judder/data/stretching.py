"""Windows as a machine that ran a little faster or slower would have made them."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from judder.data.windows import Windows

Floats = NDArray[np.float64]
FINER = 8
"""Samples between two, where the new ones are read off by straight lines: off by 1 % at half the rate."""
PADDING = 16
"""Samples mirrored at each end of a window, which a Hann window weighs with next to nothing."""


def stretched(windows: Windows, speed: float) -> Windows:
    """Return windows of a machine at `speed` times the speed, about each window's middle.

    All that is in them moves alike, hum of the mains too. Counts stay whole.
    """
    samples = _stretched(windows.samples.astype(np.float64), speed)
    if windows.samples.dtype == np.int16:
        limits = np.iinfo(np.int16)
        samples = np.clip(np.rint(samples), limits.min, limits.max).astype(np.int16)
    return replace(windows, samples=samples)


def _stretched(samples: Floats, speed: float) -> Floats:
    from scipy.signal import resample  # half a second, which only a trainer pays

    n = samples.shape[1]
    padding = min(PADDING, n - 1)
    before = 2 * samples[:, :1] - samples[:, padding:0:-1]
    after = 2 * samples[:, -1:] - samples[:, -2 : -padding - 2 : -1]
    padded = np.concatenate([before, samples, after], axis=1)
    fine = resample(padded, FINER * padded.shape[1], axis=1)
    middle = (n - 1) / 2
    places = FINER * (middle + (np.arange(n) - middle) * speed + padding)
    first = np.clip(places.astype(int), 0, fine.shape[1] - 2)
    share = (places - first)[None, :, None]
    found: Floats = fine[:, first] * (1 - share) + fine[:, first + 1] * share
    return found
