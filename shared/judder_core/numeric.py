"""The pure-Python engine of the numeric interface that all feature sets are written over.

An engine is a module with these operations. There are three: this one, judder_node.numeric_ulab (ulab)
and judder.engine.numeric_numpy (NumPy, many windows at once). `values` is what an engine's axis() returns;
scalars are numbers, or one number a window in the NumPy engine.

    batch(counts)          one window's counts as this engine's features take them
    sums(counts, k, parts) the sums of the values of axis k, cut into that many equal parts
    axis(counts, k)        the values of axis k of interleaved counts
    median_x2(values)      twice the median; exact for integers
    median_gap_x4(values, twice)  twice the median of |2 * value - twice|
    total(values)          their sum
    minus(values, number)  values, each less a whole number
    nearest(scalar)        the nearest whole number, as float or int
    dot(a, b)              the sum of products
    moments(values)        the sums of their squares, of their third and of their fourth powers
    squared_steps(values)  the sum of squares of each less the one before it
    extent(values)         the largest less the smallest
    crossings(values, level)  how often they pass level
    integers(values)       the values as a sequence of whole scalars, sample by sample
    vector(scalars)        the list as it is, or in less room
    coefficients(floats)   an array of float32 as a network takes it, perhaps in the same place
    average(rows, to)      sets a row of float32 to the mean of those that lie one after the other in rows
    choose(which, a, b)    a where which, else b, of scalars
    transform(window_len)  makes a judder_core.spectrum.Transform
    residual, whitened, length  quicker ones than those of mahalanobis, where an engine has them
    turning(rotation)      a function: from the rotation.PAIRS of a symmetric matrix S, in a list, and a
                            number n to the first n PAIRS of R S R^T; R is the rotation, three rows of three
    network()              the module with quicker cut_off, dense and gap for autoencoder, likewise
    version_1()            the module with quicker standardised, whitened, distance and average for
                           mahalanobis_v1, likewise
    statistics()           the module with quicker moments, squared_steps, extent and crossings, likewise
    minimum(a, b), maximum(a, b), square_root(a), logarithm(a)  of scalars

Doubling keeps the half-counts that an even number of integers has for a median without a float: 256 of
them as floats cost a board 4 kB an axis. Sums and products of counts stay integers here for the same reason,
and an axis is a view of the counts: nothing long is made anew for a window, since a heap in pieces may have
no room for it.
"""

from array import array

from .axes import (  # noqa: F401  the engine's
    axis,
    batch,
    choose,
    integers,
    logarithm,
    maximum,
    minimum,
    minus,
    nearest,
    square_root,
)
from .window import AXES


def sums(counts, k, parts):
    size = len(counts) // AXES // parts
    result = []
    for part in range(parts):
        total = 0
        for i in range(part * size * AXES + k, (part + 1) * size * AXES, AXES):
            total += counts[i]
        result.append(total)
    return result


def median_x2(values):
    values = sorted(values)
    middle = len(values) // 2
    if len(values) % 2:
        return 2 * values[middle]
    return values[middle - 1] + values[middle]


def median_gap_x4(values, twice):
    return median_x2([abs(2 * value - twice) for value in values])


def total(values):
    return sum(values)


def dot(a, b):
    result = 0
    others = iter(b)
    for value in a:
        result += value * next(others)
    return result


def moments(values):
    second = third = fourth = 0
    for value in values:
        square = value * value
        second += square
        third += square * value
        fourth += square * square
    return second, third, fourth


def squared_steps(values):
    result = 0
    before = None
    for value in values:
        if before is not None:
            result += (value - before) * (value - before)
        before = value
    return result


def extent(values):
    return max(values) - min(values)


def crossings(values, level):
    count = 0
    above = None
    for value in values:
        if above is not None and (value > level) != above:
            count += 1
        above = value > level
    return count


def vector(scalars):
    return array("d", scalars)


def coefficients(floats):
    return floats


def average(rows, to):
    size = len(to)
    number = len(rows) // size
    for i in range(size):
        to[i] = sum([rows[k] for k in range(i, len(rows), size)]) / number


def transform(window_len):
    from .fft import FormulaTransform  # what no window's features may ask for

    return FormulaTransform(window_len)


def turning(rotation):
    from .turning import turning  # likewise

    return turning(rotation)
