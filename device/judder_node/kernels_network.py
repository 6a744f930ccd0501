"""The inner loops of an autoencoder, as machine code over integers; see kernels_score."""

import micropython


@micropython.viper
def cut_off(z: ptr32, limit: int, to: ptr32, n: int):
    """Set z, each value between -limit and limit."""
    for i in range(n):
        value = (z[i] & 0x1FFFFFFF) - (z[i] & 0x20000000)
        if value > limit:
            value = limit
        if value < 0 - limit:
            value = 0 - limit
        to[i] = value


@micropython.viper
def shift_up(values: ptr32, n: int) -> int:
    """Shift a block so far up that its largest value has 29 bits; return by how many."""
    top = 0
    k = 0
    while k < n:
        value = (values[k] & 0x1FFFFFFF) - (values[k] & 0x20000000)
        if value < 0:
            value = 0 - value
        top |= value
        k += 1
    up = 0
    if top:
        while (top << up) < 0x10000000:
            up += 1
    while k > 0:
        k -= 1
        values[k] = ((values[k] & 0x1FFFFFFF) - (values[k] & 0x20000000)) << up
    return up


@micropython.viper
def weighed_sums(values: ptr32, n: int, weights: ptr8, to: ptr32, lows: ptr32, outputs: int) -> int:
    """Set a block, the sums of up to 64 values, each times its weight; return by how much its power is above.

    weights: int8, `outputs` rows of n. lows: scratch.
    """
    position = 0
    top = 0
    k = 0
    while k < outputs:
        high = 0
        low = 0
        for i in range(n):
            weight = (weights[position] ^ 0x80) - 0x80
            value = (values[i] & 0x1FFFFFFF) - (values[i] & 0x20000000)
            high += (value >> 14) * weight
            low += (value & 0x3FFF) * weight
            position += 1
        high += low >> 14
        to[k] = high
        lows[k] = low & 0x3FFF
        if high < 0:
            high = 0 - high
        top |= high
        k += 1
    up = 0
    while (top >> up) > 0x3FFF:
        up += 1
    while k > 0:
        k -= 1
        high = (to[k] & 0x1FFFFFFF) - (to[k] & 0x20000000)
        low = (high & ((1 << up) - 1)) << 14 | lows[k]
        to[k] = (high >> up << 14) + (low >> up)
    return up


@micropython.viper
def scale(values: ptr32, factor: int, down: int, bias: ptr32, bias_down: int, relu: int, n: int):
    """Replace values by (value * factor >> 29 + down) + (bias >> bias_down), and by 0 what is less if relu.

    factor: 29 bits.
    """
    for k in range(n):
        value = (values[k] & 0x1FFFFFFF) - (values[k] & 0x20000000)
        high = value >> 15
        cross = high * (factor & 0x7FFF) + (value & 0x7FFF) * (factor >> 15)
        value = ((high * (factor >> 15) << 1) + (cross >> 14)) >> down
        value += ((bias[k] & 0x1FFFFFFF) - (bias[k] & 0x20000000)) >> bias_down
        if relu and value < 0:
            value = 0
        values[k] = value
