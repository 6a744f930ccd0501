"""What a detector sees of a window. Each feature set is one module here, written once over numeric.

All sets are blind to how gravity falls on the sensor: each axis is taken about its own mean or median. A set
is loaded when a model asks for it, since a board pays 5 kB for code it does not use. Each has

    names()                              of its features, which only a host asks for again and again
    DEVIATION_FLOOR                      the least standard deviation that is believed
    compute(numeric, counts, scale_g, pose=None, axes=None)    their values
"""

from ..errors import CoreError

SETS = ("directional", "mad", "spectral", "statistics", "vibration")


def compute(numeric, name, counts, scale_g, pose=None, axes=None):
    """Return the feature set called name of one window, a list of floats.

    numeric: an engine (see numeric.py). counts: int16 x, y, z interleaved; scale_g: g per count. pose: the
    mean of x, y, z in g in training, to which `directional` turns a window; None, or no gravity: as it is.
    axes: stats.centred() of counts, where the caller has it. NumPy engine counts is (n, window_len, 3), each
    feature an array (n,); so may x, y, z of pose be.
    Raises CoreError for a set that does not exist.
    """
    return load(name).compute(numeric, counts, scale_g, pose, axes)


def names(name):
    """Return the names of the features in the set called name.

    >>> names("mad")
    ('mad_x', 'mad_y', 'mad_z')
    """
    return load(name).names()


def load(name):
    """Return the module of the set called name. Raises CoreError where there is none."""
    if name not in SETS:
        raise CoreError("There is no feature set %r." % (name,), "Use one of: %s." % ", ".join(SETS))
    return __import__("judder_core.features." + name, None, None, ["compute"])
