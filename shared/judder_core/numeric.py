"""The pure-Python engine of the numeric interface that all feature sets are written over.

An engine is a module with these operations. There are three: this one, judder_node.numeric_ulab (ulab)
and judder.numeric_numpy (NumPy, many windows at once). `values` is what an engine's axis() returns;
scalars are numbers, or one number a window in the NumPy engine.

    batch(counts)          one window's counts as this engine's features take them
    axis(counts, k)        the values of axis k of interleaved counts
    median_x2(values)      twice the median; exact for integers. May reorder values
    gap_x2(values, twice)  |2 * value - twice| for each value. May overwrite values
    minimum(a, b)          the smaller of two scalars
    square_root(a)         of a scalar

Doubling keeps the half-counts that an even number of integers has for a median without a float: 256 of
them as floats cost a board 4 kB an axis.
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


def minimum(a, b):
    return min(a, b)


def square_root(a):
    return math.sqrt(a)
