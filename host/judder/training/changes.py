"""What leaves a healthy machine as it is and yet moves its features: another mounting, and another speed.

A sensor that is hung back askew: a turn about gravity leaves no trace in the pose, and without gravity no
turn does. Axes that shake unlike one another then take of each other, by far more than a day does.

A motor that runs a little faster or slower: load and mains move its speed by a percent or a few. Each line
slides along, and where it meets a hum or a resonance of the mount, much changes.
"""

from collections.abc import Sequence

import numpy as np

from judder.data.stretching import stretched
from judder.data.turning import turned
from judder.detectors.base import Floats
from judder.model.evidence import Measured

DEGREES = 15.0
SPEEDS = (0.97, 0.99, 1.01, 1.03)
MOST_WINDOWS = 600
"""Changed of all modes together, spread over the recordings: a mean needs no more."""
Scatter = dict[str, Floats]
"""For each mode the scatter (n_features, n_features) of its mean about where it was."""


def change_scatter(measured: Measured, feature_set: str, pose: Sequence[float] | None) -> Scatter:
    """Return what remounts and other speeds come to together. pose: the model's."""
    remounts, speeds = (scatter(measured, feature_set, pose) for scatter in (remount_scatter, speed_scatter))
    return {mode: remounts[mode] + speeds[mode] for mode in remounts}


def remount_scatter(measured: Measured, feature_set: str, pose: Sequence[float] | None) -> Scatter:
    """Return the scatter of turns by DEGREES about each axis, both ways."""
    some = _some(measured)
    turns = [(axis, degrees) for axis in np.eye(3) for degrees in (DEGREES, -DEGREES)]
    changed = [turned(some.windows, *turn).features(feature_set, pose) for turn in turns]
    return _scatter(some, some.features, changed, len(turns))


def speed_scatter(measured: Measured, feature_set: str, pose: Sequence[float] | None) -> Scatter:
    """Return the scatter of SPEEDS: that of one percent either way, and that of three."""
    some = _some(measured)
    speeds = (1.0, *SPEEDS)
    as_it_was, *changed = (stretched(some.windows, speed).features(feature_set, pose) for speed in speeds)
    return _scatter(some, as_it_was, changed, 2)


def _some(measured: Measured) -> Measured:
    return measured.select(np.arange(len(measured.mode)) % (len(measured.mode) // MOST_WINDOWS + 1) == 0)


def _scatter(some: Measured, as_it_was: Floats, changed: Sequence[Floats], shared_by: int) -> Scatter:
    """Return the squares of how far each of changed moves each mode's mean, summed, over shared_by."""
    found = {}
    for mode in dict.fromkeys(some.mode.tolist()):
        mine = some.mode == mode
        gaps = np.array([(other - as_it_was)[mine].mean(axis=0) for other in changed])
        found[mode] = gaps.T @ gaps / shared_by
    return found
