"""The sensor's pose, and whether it was handled: told by the mean of each quarter of a window.

Neither is ever part of a score. A mean that moved says that the mounting changed; quarters that differ far
more than they do in normal windows say that somebody moved the sensor just then.
"""

from .window import AXES

QUARTERS = 4


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


class PoseWatch:
    """Whether the pose lies more than tolerance_g off the one of training, and whether it stays there.

    mean: x, y, z in g as trained, or None where the data had no gravity to tell a pose by. outside: the last
    window's pose is off. changed: that of `windows` windows in a row was; it ends the same way.
    """

    def __init__(self, mean, tolerance_g, windows):
        self._mean = mean
        self._limit = tolerance_g * tolerance_g
        self._windows = windows
        self._disagreeing = 0
        self.outside = False
        self.changed = False

    def update(self, pose):
        """Take in one window's pose."""
        if self._mean is None:
            return
        gaps = [pose[k] - self._mean[k] for k in range(AXES)]
        self.outside = sum([gap * gap for gap in gaps]) > self._limit
        self._disagreeing = self._disagreeing + 1 if self.outside != self.changed else 0
        if self._disagreeing >= self._windows:
            self.changed = self.outside
            self._disagreeing = 0
