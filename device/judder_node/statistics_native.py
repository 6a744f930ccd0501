"""What the feature set `statistics` takes of the native engine."""

import math
from array import array

from . import kernels_statistics as kernels
from .blocks import formula, whole

_parts = array("i", bytes(36))  # of sums, each part 2^15 times the next one


def moments(values):
    if kernels.moments(values.counts, values.k, len(values.counts), values.shift, _parts):
        return formula().moments(values)
    return whole(_parts, 0, 2), whole(_parts, 2, 5), whole(_parts, 5, 9)


def squared_steps(values):
    if kernels.squared_steps(values.counts, values.k, len(values.counts), _parts):
        return formula().squared_steps(values)
    return whole(_parts, 0, 2)


def extent(values):
    return kernels.extent(values.counts, values.k, len(values.counts))


def crossings(values, level):
    level = values.shift + int(math.floor(level))
    return kernels.crossings(values.counts, values.k, len(values.counts), level)
