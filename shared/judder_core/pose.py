"""The sensor's pose, and whether it was handled: told by the mean of each quarter of a window.

Neither is ever part of a score. A mean that moved says that the mounting changed; quarters that differ far
more than they do in normal windows say that somebody moved the sensor just then.
"""

import math
from array import array

from .window import AXES

QUARTERS = 4
WATCHED = 5  # windows: their mean is compared, and as many in a row must agree
CLIPPING_G = 0.5  # rms from which samples may clip, which moves a mean
ERRORS = 3  # standard errors that a mean may be off beyond the tolerance


def measure(numeric, counts, scale_g, window_len):
    """Return (pose, swing): the mean of x, y, z in g, and the largest range of an axis's quarter means, in g.

    With the NumPy engine each is an array with one element a window.
    """
    quarter = window_len // QUARTERS
    pose = []
    swing = None
    for k in range(AXES):
        sums = numeric.sums(counts, k, QUARTERS)
        low = high = sums[0]
        for each in sums:
            low, high = numeric.minimum(low, each), numeric.maximum(high, each)
        swing = high - low if swing is None else numeric.maximum(swing, high - low)
        pose.append((sums[0] + sums[1] + sums[2] + sums[3]) / (QUARTERS * quarter) * scale_g)
    return pose, swing / quarter * scale_g


def spread(numeric, counts, axes, scale_g, window_len):
    """Return (rms, error): the root of the variances' sum over the axes, in g; and the squared standard error
    of the pose, summed over the axes, as the quarters show it, in g^2. axes: stats.centred() of the counts.
    Arrays as those of measure().
    """
    quarter = window_len // QUARTERS
    variance = squares = 0.0
    for k in range(AXES):
        variance = variance + axes[k].variance
        sums = numeric.sums(counts, k, QUARTERS)
        mean = (sums[0] + sums[1] + sums[2] + sums[3]) / QUARTERS
        for each in sums:
            gap = (each - mean) / quarter
            squares = squares + gap * gap
    error = squares / ((QUARTERS - 1) * QUARTERS)  # of the mean of so many
    return numeric.square_root(variance) * scale_g, error * (scale_g * scale_g)


class PoseWatch:
    """Whether the pose lies off the one of training, and stays there.

    mean: x, y, z in g as trained, or None where the data had no gravity to tell a pose by. tolerance_g: how
    far the mean pose of the last windows may be off, beside what its standard error explains. changed: it
    was off in as many windows in a row; it ends the same way. A window that shakes so that samples may clip
    is passed over.
    """

    def __init__(self, mean, tolerance_g, numeric):
        self._mean = mean
        self._tolerance_g = tolerance_g
        self._numeric = numeric
        self._rows = array("f", bytes(4 * WATCHED * (AXES + 1)))  # x, y, z and error of each window
        self._average = array("f", bytes(4 * (AXES + 1)))
        self.clear()

    def clear(self):
        """Forget all windows."""
        self._taken = self._disagreeing = 0
        self.changed = False

    def update(self, pose, rms_g, error_g2):
        """Take in one window: its pose, its rms and the squared standard error of the pose (g, g^2)."""
        if self._mean is None or rms_g > CLIPPING_G:
            return
        first = self._taken % WATCHED * (AXES + 1)
        for k in range(AXES):
            self._rows[first + k] = pose[k]
        self._rows[first + AXES] = error_g2
        self._taken += 1
        if self._taken < WATCHED:
            return
        self._disagreeing = self._disagreeing + 1 if self._is_off() != self.changed else 0
        if self._disagreeing >= WATCHED:
            self.changed = not self.changed
            self._disagreeing = 0

    def _is_off(self):
        average = self._average
        self._numeric.average(self._rows, average)
        gap = 0.0
        for k in range(AXES):
            off = average[k] - self._mean[k]
            gap += off * off
        return math.sqrt(gap) > self._tolerance_g + ERRORS * math.sqrt(average[AXES] / WATCHED)
