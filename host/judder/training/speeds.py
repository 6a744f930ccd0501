"""What a machine that runs a little faster or slower does to its features.

Load and mains move the speed of a motor by a percent or a few: each line slides along, and where it meets a
hum or a resonance of the mount, much changes.
"""

from collections.abc import Sequence

import numpy as np

from judder.data.stretching import stretched
from judder.detectors.base import Floats
from judder.model.evidence import Measured

SPEEDS = (0.97, 0.99, 1.01, 1.03)
MOST_WINDOWS = 600
"""Stretched of all modes together, spread over the recordings: a mean needs no more."""


def speed_scatter(measured: Measured, feature_set: str, pose: Sequence[float] | None) -> dict[str, Floats]:
    """Return for each mode the scatter (n_features, n_features) of its mean about where it was.

    It is that of SPEEDS, one and three percent either way. pose: the model's.
    """
    some = measured.select(np.arange(len(measured.mode)) % (len(measured.mode) // MOST_WINDOWS + 1) == 0)
    as_it_was, *others = (
        stretched(some.windows, speed).features(feature_set, pose) for speed in (1.0, *SPEEDS)
    )
    found = {}
    for mode in dict.fromkeys(some.mode.tolist()):
        gaps = np.array([(other - as_it_was)[some.mode == mode].mean(axis=0) for other in others])
        found[mode] = gaps.T @ gaps / 2  # of one percent and of three, each either way
    return found
