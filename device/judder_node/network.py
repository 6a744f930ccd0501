"""The autoencoder of the native engine, over blocks; judder_core.autoencoder is the formula."""

import math

from judder_core import autoencoder, mahalanobis

from . import kernels_network as kernels
from .blocks import Block, difference, formula, length, room, vector

_MOST_INPUTS = 64  # more could come to a sum of more than 29 bits


def cut_off(z, limit):
    if not isinstance(z, Block):
        return vector(autoencoder.cut_off(z, limit, formula()))
    seen = room("seen", len(z))
    kernels.cut_off(z.values, int(min(limit * 2.0**-z.power, 0x1FFFFFFF)), seen.values, len(z))
    seen.power = z.power - kernels.shift_up(seen.values, len(z))
    return seen


def gap(z, reconstruction):
    """Return |z - reconstruction|."""
    if not (isinstance(z, Block) and isinstance(reconstruction, Block)):
        return mahalanobis.length([z[i] - reconstruction[i] for i in range(len(z))], formula())
    return length(difference(z, reconstruction, room("seen", len(z))))


def dense(values, layer):
    inputs, outputs = len(values), len(layer.bias)
    if not isinstance(values, Block) or inputs > _MOST_INPUTS:
        return vector(autoencoder.dense(values, layer, formula()))
    result = room("layer", outputs)
    if result is values:
        result = room("next layer", outputs)
    factor, power = math.frexp(layer.scale)
    power += values.power + kernels.weighed_sums(
        values.values, inputs, layer.weights, result.values, room("lows", outputs).values, outputs
    )
    top = max(power, layer.bias.power) + 1
    kernels.scale(
        result.values,
        int(factor * 0x20000000),
        min(top - power, 30),
        layer.bias.values,
        min(top - layer.bias.power, 30),
        layer.relu,
        outputs,
    )
    result.power = top - kernels.shift_up(result.values, outputs)
    return result
