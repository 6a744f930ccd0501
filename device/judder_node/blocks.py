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

NOT_FINITE = const(999)
_parts = array("i", [0, 0, 0])
_room = {}  # (use, size) -> Block, or a row of float32


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


def average(rows, to):
    if kernels.average(rows, len(rows) // len(to), len(to), to):
        formula().average(rows, to)


def residual(measured, mean):
    result = _row("residual", len(mean))
    if kernels.minus(measured, mean, result, len(mean)):
        return vector([measured[i] - mean[i] for i in range(len(mean))])
    return result


def whitened(residual, metric):
    size = len(residual)
    row = residual
    if metric.stretch is not None:
        row = _row("stretched", size)
    if row is not residual and kernels.times(residual, metric.stretch, row, size):
        return _by_formula(residual, metric)
    block = as_block("b", row)
    if block.power == NOT_FINITE:
        return _by_formula(residual, metric)
    z, powers = room("z", size), room("powers", size).values
    z.power = block.power + kernels.whiten(
        block.values, metric.whitening, metric.scales, z.values, powers, size
    )
    return z


def _by_formula(residual, metric):
    return vector(mahalanobis.whitened(residual, metric, formula()))


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


def _row(use, size):
    """Return the row of float32 of that size which is written over at each such use."""
    row = _room.get((use, size))
    if row is None:
        row = _room[use, size] = array("f", bytes(4 * size))
    return row


def whole(parts, first, stop):
    """Return the number that is parts[first:stop], where each counts 2^15 times what the next one does.

    From about 2^30 on a float: there an int is an object, and twice as large.
    """
    result = 0
    for k in range(first, stop):
        result = result * (32768 if -32000 < result < 32000 else 32768.0) + parts[k]
    return result
