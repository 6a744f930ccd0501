"""Vectors of the native engine: blocks, whole numbers times a power of two that all of them share.

A block that is returned holds until the next of its kind: its room is written over again and again. What is
not finite has no block; there the formula of judder_core.mahalanobis is taken.
"""

import math
import struct
from array import array

from judder_core import mahalanobis
from micropython import const

from . import kernels_score as kernels

_NOT_FINITE = const(999)
_parts = array("i", [0, 0, 0])
_room = {}  # (use, size) -> Block


class Block:
    """The numbers v * 2^power, v the whole numbers of less than 29 bits whose 32 bits are in `values`."""

    def __init__(self, values, power):
        self.values = values
        self.power = power

    def __len__(self):
        return len(self.values)

    def __getitem__(self, i):
        return struct.unpack_from("<i", self.values, 4 * i)[0] * 2.0**self.power

    def __iter__(self):
        for i in range(len(self)):
            yield self[i]


def formula():
    """Return the pure engine, for what no kernel takes: 2 kB that hardly a board ever loads."""
    from judder_core import numeric

    return numeric


def vector(scalars):
    return array("f", scalars)


def coefficients(floats):
    """Return the block of floats, in the place of them: memory has no room for both."""
    return Block(floats, kernels.block(floats, floats, len(floats)))


def average(rows, number):
    result = room("average", len(rows) // number).values
    if kernels.average(rows, number, len(result), result):
        return vector(formula().average(rows, number))
    return result


def standardised(measured, mean, std):
    size = len(mean)
    a, b = as_block("a", measured), as_block("b", mean)
    if a.power == _NOT_FINITE:
        return vector(mahalanobis.standardised(measured, mean, std, formula()))
    scaled = difference(a, b, room("standardised", size))
    scaled.power += kernels.divide(scaled.values, std, a.values, size)
    return scaled


def whitened(features, mean, packed):
    z = _whitened(features, mean, packed)
    return Block(array("i", z.values), z.power) if isinstance(z, Block) else z


def distance(features, mean, packed):
    return length(_whitened(features, mean, packed))


def _whitened(features, mean, packed):
    size = len(mean)
    block = as_block("b", features)
    if block.power == _NOT_FINITE:
        return vector(mahalanobis.whitened(features, mean, packed, formula()))
    gaps, z = difference(block, mean, room("a", size)), room("z", size)
    z.power = gaps.power + packed.power + kernels.whiten(gaps.values, packed.values, z.values, size)
    return z


def difference(a, b, result):
    """Return a - b, in the block that is called result."""
    power = max(a.power, b.power) + 1
    down, other = min(power - a.power, 29), min(power - b.power, 29)
    kernels.difference(a.values, down, b.values, other, result.values, len(result))
    result.power = power
    return result


def length(z):
    if not isinstance(z, Block):
        return mahalanobis.length(z, formula())
    down = kernels.squares(z.values, len(z), _parts)
    return math.sqrt((_parts[0] * 2048.0 + _parts[1]) * 8192.0 + _parts[2]) * 2.0 ** (z.power + down)


def as_block(use, floats):
    """Return floats as a block, in the room of that use; one that is a block already as it is."""
    if isinstance(floats, Block):
        return floats
    block = room(use, len(floats))
    block.power = kernels.block(floats, block.values, len(floats))
    return block


def room(use, size):
    """Return the block of that size which is written over at each such use."""
    block = _room.get((use, size))
    if block is None:
        block = _room[use, size] = Block(array("i", bytes(4 * size)), 0)
    return block


def whole(parts, first, stop):
    """Return the number that is parts[first:stop], where each counts 2^15 times what the next one does.

    From about 2^30 on a float: there an int is an object, and twice as large.
    """
    result = 0
    for k in range(first, stop):
        result = result * (32768 if -32000 < result < 32000 else 32768.0) + parts[k]
    return result
