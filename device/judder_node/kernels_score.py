"""The inner loops of a score, as machine code over integers; see kernels, and numeric_native who calls them.

A block stands for floats: whole numbers of less than 29 bits, times a power of two that they share.
float32 is read and written as its bits.
"""

import micropython


@micropython.viper
def block(floats: ptr32, to: ptr32, n: int) -> int:
    """Turn n float32 into a block, in place where `to` is the same; return its power, 999 if not finite."""
    top = 0
    i = 0
    while i < n:
        power = (floats[i] >> 23) & 0xFF
        if power > top:
            top = power
        i += 1
    i = 0
    while i < n:
        bits = floats[i]
        power = (bits >> 23) & 0xFF
        value = ((bits & 0x7FFFFF) | 0x800000) << 5
        down = top - power
        if down > 29:
            down = 29
        if power == 0:  # 0, or too small for 24 bits
            value = 0
        value = ((value << 1 >> down) + 1) >> 1
        if (bits >> 31) & 1:
            value = 0 - value
        to[i] = value
        i += 1
    if top == 0xFF:
        return 999
    return top - 155


@micropython.viper
def average(rows: ptr32, windows: int, n: int, to: ptr32) -> int:
    """Set n float32, the means of up to 30 rows that follow one another; return 1 where one is not finite."""
    i = 0
    while i < n:
        top = 0
        k = i
        while k < windows * n:
            power = (rows[k] >> 23) & 0xFF
            if power > top:
                top = power
            k += n
        if top == 0xFF:
            return 1
        total = 0
        k = i
        while k < windows * n:
            bits = rows[k]
            power = (bits >> 23) & 0xFF
            down = top - power
            if down > 29:
                down = 29
            value = ((bits & 0x7FFFFF) | 0x800000) << 1 >> down
            if power == 0:
                value = 0
            if (bits >> 31) & 1:
                value = 0 - value
            total += value
            k += n
        sign = 0
        if total < 0:
            sign = 0 - 1
            total = 0 - total
        total = total // windows
        top -= 1
        while total > 0xFFFFFF:
            total = (total + 1) >> 1
            top += 1
        if total:
            while total < 0x800000:
                total += total
                top -= 1
        if top < 1 or total == 0:
            to[i] = 0
        else:
            to[i] = (sign << 31) | (top << 23) | (total & 0x7FFFFF)
        i += 1
    return 0


@micropython.viper
def difference(a: ptr32, a_down: int, b: ptr32, b_down: int, to: ptr32, n: int):
    """Set (a >> a_down) - (b >> b_down), each of less than 28 bits by then."""
    for i in range(n):
        to[i] = (((a[i] & 0x1FFFFFFF) - (a[i] & 0x20000000)) >> a_down) - (
            ((b[i] & 0x1FFFFFFF) - (b[i] & 0x20000000)) >> b_down
        )


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


@micropython.viper
def squares(z: ptr32, n: int, parts: ptr32) -> int:
    """Set the sum of squares of z >> down: parts[0] * 2^24 + parts[1] * 2^13 + parts[2]. Return down."""
    top = 0
    i = 0
    while i < n:
        value = (z[i] & 0x1FFFFFFF) - (z[i] & 0x20000000)
        if value < 0:
            value = 0 - value
        top |= value
        i += 1
    down = 0
    while (top >> down) > 0xFFFFFF:
        down += 1
    parts[0] = 0
    parts[1] = 0
    parts[2] = 0
    while i > 0:
        i -= 1
        value = ((z[i] & 0x1FFFFFFF) - (z[i] & 0x20000000)) >> down
        high = value >> 12
        value &= 0xFFF
        parts[0] += high * high
        parts[1] += high * value
        parts[2] += value * value
    return down
