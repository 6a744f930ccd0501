"""What the engines over interleaved counts share: the view of an axis, and what is done to scalars.

A board with machine code loads this and not the rest of numeric, which has the loops.
"""

import math

from .window import AXES


class Axis:
    """The values of one axis, each less shift, in order; a view of the interleaved counts."""

    def __init__(self, counts, k, shift):
        self.counts = counts
        self.k = k
        self.shift = shift

    def __len__(self):
        return len(self.counts) // AXES

    def __iter__(self):
        counts, shift = self.counts, self.shift
        for i in range(self.k, len(counts), AXES):
            yield counts[i] - shift


def batch(counts):
    return counts


def axis(counts, k):
    return Axis(counts, k, 0)


def minus(values, number):
    return Axis(values.counts, values.k, values.shift + number)


def nearest(scalar):
    return int(math.floor(scalar + 0.5))


def choose(which, a, b):
    return a if which else b


integers = batch
minimum, maximum = min, max
square_root, logarithm = math.sqrt, math.log
