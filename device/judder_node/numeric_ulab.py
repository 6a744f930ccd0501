"""The ulab engine of the numeric interface (see judder_core.numeric), for a firmware without native kernels.

A window's counts are turned to floats once, in a place that is kept: ulab (6.12 and before) sorts int16 as if
it were unsigned, so that its median of [-3, -1, 0, 1, 2] is 2, and its int16 arithmetic wraps. float32 holds
whole numbers up to 2^24 exactly. The spectrum takes the counts themselves.
"""

from array import array

from judder_core import axes
from judder_core.numeric import (  # noqa: F401  the engine's
    average,
    choose,
    coefficients,
    integers,
    logarithm,
    maximum,
    minimum,
    nearest,
    square_root,
    sums,
    transform,
    turning,
)
from judder_core.window import AXES
from ulab import numpy as np
from ulab import utils

_rooms = {}  # length -> (the floats of a window, ones)
_matrices = {}  # length -> a whitening matrix as floats


class Axis(axes.Axis):
    """One axis, and its values as floats; those of a whole window hold until the next batch()."""

    def __init__(self, counts, k, shift, floats):
        axes.Axis.__init__(self, counts, k, shift)
        self.floats = floats


def _room(length):
    if length not in _rooms:
        _rooms.clear()  # a board has one length, and little room
        _rooms[length] = np.zeros(length), np.ones(length // AXES)
    return _rooms[length]


def batch(counts):
    utils.from_int16_buffer(counts, out=_room(len(counts))[0])
    return counts


def axis(counts, k):
    return Axis(counts, k, 0, _room(len(counts))[0][k::AXES])


def median_x2(values):
    return 2 * np.median(values.floats)


def median_gap_x4(values, twice):
    return 4 * np.median(abs(values.floats - twice / 2))


def total(values):
    # np.sum of floats is a running mean times their number: off by 0.1 counts, and a mean of 0 by enough to
    # move every 0 across it. np.dot adds up, exactly for whole numbers up to 2^24.
    return np.dot(values.floats, _room(len(values.counts))[1])


def minus(values, number):
    return Axis(values.counts, values.k, values.shift + number, values.floats - number)


def dot(a, b):
    return np.dot(a.floats, b.floats)


def moments(values):
    squares = values.floats * values.floats
    return dot(values, values), np.dot(squares, values.floats), np.dot(squares, squares)


def squared_steps(values):
    steps = values.floats[1:] - values.floats[:-1]
    return np.dot(steps, steps)


def extent(values):
    return np.max(values.floats) - np.min(values.floats)


def crossings(values, level):
    above = values.floats > level
    return np.sum(above[1:] ^ above[:-1])


def vector(scalars):
    return array("f", scalars)


def whitened(residual, metric):
    columns = _columns(len(metric.whitening))
    utils.from_int16_buffer(metric.whitening, out=columns)
    row = np.array(residual)
    if metric.stretch is not None:
        row = row * np.array(metric.stretch)
    result = array("f", metric.scales)
    first = 0
    for j in range(len(result)):
        result[j] *= np.dot(row[: j + 1], columns[first : first + j + 1])
        first += j + 1
    return result


def _columns(length):
    if length not in _matrices:
        _matrices.clear()
        _matrices[length] = np.zeros(length)
    return _matrices[length]


def version_1():
    """Return the module of what a model of version 1 takes; a board with a newer one does without."""
    from . import ulab_v1

    return ulab_v1
