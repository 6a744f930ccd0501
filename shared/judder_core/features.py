"""What a detector sees of a window. Each feature set is written once, over the numeric interface."""

from . import stats
from .errors import CoreError
from .window import AXES


def compute(numeric, name, counts, scale_g):
    """Return the feature set called name of one window, a list of floats.

    numeric: an engine (see numeric.py). counts: int16 x, y, z interleaved; scale_g: g per count.
    With the NumPy engine counts is (n, window_len, 3) and each feature an array (n,).
    Raises CoreError for a set that does not exist.
    """
    return _set(name)[1](numeric, counts, scale_g)


def names(name):
    """Return the names of the features in the set called name.

    >>> names("mad")
    ('mad_x', 'mad_y', 'mad_z')
    """
    return _set(name)[0]


def _set(name):
    if name not in SETS:
        raise CoreError("There is no feature set %r." % (name,), "Use one of: %s." % ", ".join(sorted(SETS)))
    return SETS[name]


def _mad(numeric, counts, scale_g):
    """Median absolute deviation x 1.4826 of each axis, in g: how strongly it shakes, bumps left out."""
    return [stats.mad(numeric.axis(counts, k), numeric) * scale_g for k in range(AXES)]


SETS = {
    "mad": (("mad_x", "mad_y", "mad_z"), _mad),
}
