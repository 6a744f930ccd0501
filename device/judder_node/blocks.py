"""Vectors of the native engine: blocks, whole numbers times a power of two that all of them share.

A block that is returned holds until the next of its kind: its room is written over again and again. What is
not finite has no block; there the formula of judder_core.mahalanobis is taken.
"""

import math
import struct
from array import array

from judder_core import mahalanobis, numeric

from . import kernels_score as kernels

_NOT_FINITE = 999
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


def vector(scalars):
    return array("f", scalars)


def coefficients(floats):
    """Return the block of floats, in the place of them: memory has no room for both."""
    return Block(floats, kernels.block(floats, floats, len(floats)))


def average(rows, number):
    result = _block("average", len(rows) // number).values
    if kernels.average(rows, number, len(result), result):
        return vector(numeric.average(rows, number))
    return result


def standardised(measured, mean, std):
    a, b = _as_block("a", measured), _as_block("b", mean)
    if a.power == _NOT_FINITE:
        return vector(mahalanobis.standardised(measured, mean, std, numeric))
    result = _block("standardised", len(mean))
    power = max(a.power, b.power)
    result.power = power + kernels.divide(
        a.values, _down(power, a), b.values, _down(power, b), std, a.values, result.values, len(mean)
    )
    return result


def whitened(features, mean, packed):
    z = _whitened(features, mean, packed)
    return z and Block(array("i", z.values), z.power)


def distance(features, mean, packed):
    z = _whitened(features, mean, packed)
    if z is None:
        return mahalanobis.distance(features, mean, packed, numeric)
    return _length(z)


def _whitened(features, mean, packed):
    features = _as_block("b", features)
    if features.power == _NOT_FINITE:
        return None
    z = _block("z", len(mean))
    power = max(features.power, mean.power) + 1
    z.power = (
        power
        + packed.power
        + kernels.whiten(
            features.values,
            _down(power, features),
            mean.values,
            _down(power, mean),
            packed.values,
            _block("a", len(mean)).values,
            z.values,
            len(mean),
        )
    )
    return z


def _length(z):
    down = kernels.squares(z.values, len(z), _parts)
    return math.sqrt((_parts[0] * 2048.0 + _parts[1]) * 8192.0 + _parts[2]) * 2.0 ** (z.power + down)


def _down(power, block):
    return min(power - block.power, 29)


def _as_block(use, floats):
    if isinstance(floats, Block):
        return floats
    block = _block(use, len(floats))
    block.power = kernels.block(floats, block.values, len(floats))
    return block


def _block(use, size):
    block = _room.get((use, size))
    if block is None:
        block = _room[use, size] = Block(array("i", bytes(4 * size)), 0)
    return block
