"""What a score by a model of version 1 takes of the native engine: floats in place of whole numbers."""

from array import array

from judder_core import mahalanobis_v1

from . import kernels_score as kernels
from . import kernels_score_v1 as kernels_v1
from .blocks import NOT_FINITE, Block, as_block, difference, formula, length, room, vector


def average(rows, number):
    result = room("average", len(rows) // number).values
    if kernels.average(rows, number, len(result), result):
        return vector(mahalanobis_v1.average(rows, number, formula()))
    return result


def standardised(measured, mean, std):
    size = len(mean)
    a, b = as_block("a", measured), as_block("b", mean)
    if a.power == NOT_FINITE:
        return vector(mahalanobis_v1.standardised(measured, mean, std, formula()))
    scaled = difference(a, b, room("standardised", size))
    scaled.power += kernels_v1.divide(scaled.values, std, a.values, size)
    return scaled


def whitened(features, mean, packed):
    z = _whitened(features, mean, packed)
    return Block(array("i", z.values), z.power) if isinstance(z, Block) else z


def distance(features, mean, packed):
    return length(_whitened(features, mean, packed))


def _whitened(features, mean, packed):
    size = len(mean)
    block = as_block("b", features)
    if block.power == NOT_FINITE:
        return vector(mahalanobis_v1.whitened(features, mean, packed, formula()))
    gaps, z = difference(block, mean, room("a", size)), room("z", size)
    z.power = gaps.power + packed.power + kernels_v1.whiten(gaps.values, packed.values, z.values, size)
    return z
