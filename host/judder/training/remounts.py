"""What a sensor that is hung back askew does to the features of a machine that stays as it was.

A turn about gravity leaves no trace in the pose, and without gravity no turn does. Axes that shake unlike one
another then take of each other, by far more than a day does.
"""

from collections.abc import Sequence

import numpy as np

from judder.data.turning import turned
from judder.detectors.base import Floats
from judder.model.evidence import Measured

DEGREES = 15.0
MOST_WINDOWS = 600
"""Turned of all modes together, spread over the recordings: a mean needs no more."""


def remount_scatter(measured: Measured, feature_set: str, pose: Sequence[float] | None) -> dict[str, Floats]:
    """Return for each mode the scatter (n_features, n_features) of its mean about where it was.

    It is that of turns by DEGREES about each axis, both ways. pose: the model's.
    """
    some = measured.select(np.arange(len(measured.mode)) % (len(measured.mode) // MOST_WINDOWS + 1) == 0)
    turns = [(axis, degrees) for axis in np.eye(3) for degrees in (DEGREES, -DEGREES)]
    off = np.array(
        [turned(some.windows, *turn).features(feature_set, pose) - some.features for turn in turns]
    )
    found = {}
    for mode in dict.fromkeys(some.mode.tolist()):
        gaps = off[:, some.mode == mode].mean(axis=1)
        found[mode] = gaps.T @ gaps / len(turns)
    return found
