"""The ulab engine of the numeric interface (see judder_core.numeric).

ulab's int16 arithmetic wraps, so doubling is done in floats: counts have at most 16 bits, and float32
holds whole numbers up to 2^24 exactly.
"""

import math

from judder_core.window import AXES
from ulab import numpy as np


def batch(counts):
    return np.frombuffer(counts, dtype=np.int16).reshape((len(counts) // AXES, AXES))


def axis(counts, k):
    return counts[:, k]


def median_x2(values):
    return 2 * np.median(values)


def gap_x2(values, twice):
    return abs(values * 2.0 - twice)


def minimum(a, b):
    return min(a, b)


def square_root(a):
    return math.sqrt(a)
