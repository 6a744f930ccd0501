"""The native engine of the numeric interface (see judder_core.numeric): kernels over the counts, no garbage.

An axis stays what it is in the pure engine, a view of the counts; what a kernel does not take goes to the
pure engine. Raises SyntaxError on import where the firmware has no native emitter.
"""

import math
from array import array

from judder_core import numeric, spectrum
from judder_core.numeric import (  # noqa: F401  the engine's
    Axis,
    axis,
    batch,
    choose,
    integers,
    logarithm,
    maximum,
    minimum,
    minus,
    nearest,
    slot_of,
    square_root,
)
from judder_core.window import AXES

from . import kernels
from .blocks import average, coefficients, distance, standardised, vector, whitened  # noqa: F401  the engine's

_parts = array("i", bytes(28))  # of sums, each part 2^15 times the next one


class Gaps(Axis):
    """|2 * value - shift| for each value, for their median."""


class Squares(Axis):
    """The squares of the values, for their sum and the sums of their products with values and squares."""


class Steps(Axis):
    """Each value less the one before it, for the sum of their squares."""


def sums(counts, k, parts):
    length = len(counts) // AXES // parts * AXES
    return [kernels.total(counts, part * length + k, (part + 1) * length, 0) for part in range(parts)]


def gap_x2(values, twice):
    return Gaps(values.counts, values.k, twice + 2 * values.shift)


def square(values):
    return Squares(values.counts, values.k, values.shift)


def difference(values):
    return Steps(values.counts, values.k, values.shift)


def median_x2(values):
    counts = values.counts
    if isinstance(values, Gaps):
        return kernels.median_x2(counts, values.k, len(counts), values.shift, 1)
    return kernels.median_x2(counts, values.k, len(counts), 2 * values.shift, 0) // 2


def extent(values):
    return kernels.extent(values.counts, values.k, len(values.counts))


def crossings(values, level):
    return kernels.crossings(
        values.counts, values.k, len(values.counts), values.shift + int(math.floor(level))
    )


def total(values):
    if isinstance(values, Squares):
        return _dot(values, values)
    return kernels.total(values.counts, values.k, len(values.counts), values.shift)


def dot(a, b):
    if isinstance(a, Squares):
        return _moment(a, b)
    if isinstance(a, Steps):
        return _squared_steps(a)
    return _dot(a, b)


def _dot(a, b):
    stop = len(a.counts)
    if kernels.dot(a.counts, a.k, a.shift, b.counts, b.k, b.shift, stop, _parts):
        return numeric.dot(a, b)
    return whole(0, 2)


def _moment(squares, others):
    """Return the sum of fourth powers, or of third powers where others are the values."""
    counts = squares.counts
    fourth = isinstance(others, Squares)
    if kernels.moments(counts, squares.k, len(counts), squares.shift, _parts):
        squared = numeric.square(squares)
        return numeric.dot(squared, squared if fourth else squares)
    return whole(3, 7) if fourth else whole(0, 3)


def _squared_steps(steps):
    if kernels.steps(steps.counts, steps.k, len(steps.counts), _parts):
        differences = numeric.difference(steps)
        return numeric.dot(differences, differences)
    return whole(0, 2)


def zeros(slot, like, size):
    values = slot_of(slot, size)
    kernels.clear(values, size)
    return values


class Transform(spectrum.Transform):
    """The same to the bit; powers from 2^30 on come as floats."""

    def _peak(self, numeric, values):
        counts = values.counts
        return kernels.peak(counts, values.k, len(counts), values.shift, self._hann)

    def _windowed(self, numeric, slot, values, shift):
        result = zeros(slot, values, self.size)
        counts = values.counts
        kernels.weigh(counts, values.k, len(counts), values.shift, self._hann, shift, self._place, result)
        return result

    def _transform(self, real, imaginary):
        kernels.transform(real, imaginary, self._cosine, self.size)

    def _power(self, real, imaginary, start, stop):
        kernels.power(real, imaginary, self.size, start, stop, _parts)
        return whole(0, 2)


def whole(first, stop):
    """Return the number in those parts, a float where an int would be an object twice as large."""
    result = 0
    for k in range(first, stop):
        result = result * (32768 if -32000 < result < 32000 else 32768.0) + _parts[k]
    return result
