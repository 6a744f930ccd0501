"""The ulab engine of the numeric interface (see judder_core.numeric).

Counts become floats first. ulab (6.12 and before) sorts int16 as if it were unsigned, so that its median of
[-3, -1, 0, 1, 2] is 2, and its int16 arithmetic wraps. float32 holds whole numbers up to 2^24 exactly.
"""

import math
from array import array

from judder_core import numeric
from judder_core.window import AXES
from ulab import numpy as np


def batch(counts):
    return np.frombuffer(counts, dtype=np.int16).reshape((len(counts) // AXES, AXES))


def sums(counts, k, parts):
    size = len(counts) // parts
    return [total(counts[part * size : (part + 1) * size, k] * 1.0) for part in range(parts)]


def axis(counts, k):
    return counts[:, k] * 1.0


def median_x2(values):
    return 2 * np.median(values)


def median_gap_x4(values, twice):
    return 2 * np.median(abs(values * 2 - twice))


def total(values):
    # np.sum of floats is a running mean times their number: off by 0.1 counts, and a mean of 0 by enough to
    # move every 0 across it. np.dot adds up, exactly for whole numbers up to 2^24.
    return np.dot(values, np.ones(len(values)))


def minus(values, number):
    return values - number


def nearest(scalar):
    return math.floor(scalar + 0.5)


def dot(a, b):
    return np.dot(a, b)


def moments(values):
    squares = values * values
    return total(squares), np.dot(squares, values), np.dot(squares, squares)


def squared_steps(values):
    steps = values[1:] - values[:-1]
    return np.dot(steps, steps)


def extent(values):
    return np.max(values) - np.min(values)


def crossings(values, level):
    above = values > level
    return np.sum(above[1:] ^ above[:-1])


def integers(values):
    result = array("i", bytes(4 * len(values)))  # a list takes twice as much, in one piece
    k = 0
    for value in values:  # enumerate() allocates twice as much, values[k] six times
        result[k] = int(value)
        k += 1  # noqa: SIM113
    return result


zeros = numeric.zeros
vector = numeric.vector
coefficients = numeric.coefficients
average = numeric.average


def choose(which, a, b):
    return a if which else b


def minimum(a, b):
    return min(a, b)


def maximum(a, b):
    return max(a, b)


def square_root(a):
    return math.sqrt(a)


def logarithm(a):
    return math.log(a)
