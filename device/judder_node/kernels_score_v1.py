"""The inner loops of a score by a model of version 1; see kernels_score."""

import micropython


@micropython.viper
def divide(values: ptr32, floats: ptr32, powers: ptr32, n: int) -> int:
    """Divide a block by float32, each by its own; return by how much its power changes. powers: scratch."""
    top = 0
    i = 0
    while i < n:
        rest = (values[i] & 0x1FFFFFFF) - (values[i] & 0x20000000)
        sign = rest
        if rest < 0:
            rest = 0 - rest
        power = 1000 - ((floats[i] >> 23) & 0xFF)
        if rest == 0:
            power = 0
        else:
            while rest < 0x10000000:
                rest += rest
                power -= 1
        divisor = ((floats[i] & 0x7FFFFF) | 0x800000) << 5
        value = 0
        for _ in range(29):
            value += value
            if rest >= divisor:
                rest -= divisor
                value += 1
            rest += rest
        if sign < 0:
            value = 0 - value
        values[i] = value
        powers[i] = power
        if power > top:
            top = power
        i += 1
    i = 0
    while i < n:
        down = top - powers[i]
        if down > 29:
            down = 29
        values[i] = ((values[i] & 0x1FFFFFFF) - (values[i] & 0x20000000)) >> down
        i += 1
    return top - 873


@micropython.viper
def whiten(gaps: ptr32, packed: ptr32, z: ptr32, n: int) -> int:
    """Set a block, z = gaps @ W; return by how much its power is above that of both. gaps is written over.

    packed: W as mahalanobis has it. Each factor is taken apart into 15 bits and the rest; the last column
    comes first, so that its gap makes room for the low part of z.
    """
    k = n * (n + 1) // 2
    top = 0
    j = n
    while j > 0:
        j -= 1
        high = 0
        middle = 0
        low = 0
        i = j
        while i >= 0:
            k -= 1
            g = (gaps[i] & 0x1FFFFFFF) - (gaps[i] & 0x20000000)
            w = (packed[k] & 0x1FFFFFFF) - (packed[k] & 0x20000000)
            g1 = (g + 0x4000) >> 15
            w1 = (w + 0x4000) >> 15
            g -= g1 << 15
            w -= w1 << 15
            both = g1 * w1
            cross = g1 * w + g * w1
            high += both >> 15
            middle += (both & 0x7FFF) + (cross >> 15)
            low += (cross & 0x7FFF) + ((g * w) >> 15)
            i -= 1
        middle += low >> 15
        high += middle >> 15
        z[j] = high
        gaps[j] = middle & 0x7FFF
        if high < 0:
            high = 0 - high
        top |= high
    up = 0
    while (top >> up) > 0x3FFF:
        up += 1
    while j < n:
        high = (z[j] & 0x1FFFFFFF) - (z[j] & 0x20000000)
        low = (high & ((1 << up) - 1)) << 15 | gaps[j]
        z[j] = (high >> up << 15) + (low >> up)
        j += 1
    return 30 + up
