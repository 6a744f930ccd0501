"""The pure-Python engine of the numeric interface that all feature sets are written over.

An engine is a module with these operations. There are three: this one, judder_node.numeric_ulab (ulab)
and judder.numeric_numpy (NumPy, many windows at once). `values` is what an engine's axis() returns;
scalars are numbers, or one number a window in the NumPy engine.

    batch(counts)          one window's counts as this engine's features take them
    axis(counts, k)        the values of axis k of interleaved counts
    median_x2(values)      twice the median; exact for integers. May reorder values
    gap_x2(values, twice)  |2 * value - twice| for each value. May overwrite values
    total(values)          their sum
    part(values, start, stop)  the values from start to before stop
    minus(values, number)  values, each less a whole number
    nearest(scalar)        the nearest whole number, as float or int
    dot(a, b)              the sum of products
    square(values)         each times itself
    difference(values)     each less the one before it
    extent(values)         the largest less the smallest
    crossings(values, level)  how often they pass level
    integers(values)       the values as a list of whole scalars, sample by sample
    choose(which, a, b)    a where which, else b, of scalars
    minimum(a, b), maximum(a, b), square_root(a), logarithm(a)  of scalars

Doubling keeps the half-counts that an even number of integers has for a median without a float: 256 of
them as floats cost a board 4 kB an axis. Sums and products of counts stay integers here for the same reason.
"""

import math

from .window import AXES


def batch(counts):
    return counts


def axis(counts, k):
    return [counts[i] for i in range(k, len(counts), AXES)]


def median_x2(values):
    values.sort()
    middle = len(values) // 2
    if len(values) % 2:
        return 2 * values[middle]
    return values[middle - 1] + values[middle]


def gap_x2(values, twice):
    for i in range(len(values)):
        values[i] = abs(2 * values[i] - twice)
    return values


def total(values):
    return sum(values)


def part(values, start, stop):
    return values[start:stop]


def minus(values, number):
    return [value - number for value in values]


def nearest(scalar):
    return int(math.floor(scalar + 0.5))


def dot(a, b):
    result = 0
    for i in range(len(a)):
        result += a[i] * b[i]
    return result


def square(values):
    return [value * value for value in values]


def difference(values):
    return [values[i] - values[i - 1] for i in range(1, len(values))]


def extent(values):
    return max(values) - min(values)


def crossings(values, level):
    count = 0
    above = values[0] > level
    for value in values:
        if (value > level) != above:
            above = not above
            count += 1
    return count


def integers(values):
    return values


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
