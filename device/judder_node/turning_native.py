"""The turning of the native engine: rotations in steps of 2^-17, what is turned in steps of 2^-24."""

import math
from array import array

from judder_core.rotation import PAIRS

from . import kernels_spectrum as kernels

_rotation = array("i", bytes(36))
_before, _after = array("i", bytes(36)), array("i", bytes(36))


def turning(rotation):
    for i in range(9):
        _rotation[i] = int(math.floor(rotation[i // 3][i % 3] * 131072 + 0.5))
    return turned


def turned(products, n):
    """Return the first n PAIRS of R S R^T; products are those of S, whose diagonal is not negative."""
    unit = max(products[0], products[1], products[2], 1e-6) / 16777216  # the rest of S is no larger
    for k in range(6):
        i, j = PAIRS[k]
        _before[3 * i + j] = _before[3 * j + i] = int(products[k] / unit)
    kernels.turn(_rotation, _before, _after)
    kernels.turn(_rotation, _after, _before)
    return [_before[3 * i + j] * unit for i, j in PAIRS[:n]]
