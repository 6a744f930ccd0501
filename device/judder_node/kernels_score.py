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
def minus(a: ptr32, b: ptr32, to: ptr32, n: int) -> int:
    """Set n float32, a - b of float32; return 1 where one is not finite."""
    for i in range(n):
        top = (a[i] >> 23) & 0xFF
        down = (b[i] >> 23) & 0xFF
        if top == 0xFF or down == 0xFF:
            return 1
        value = ((a[i] & 0x7FFFFF) | 0x800000) << 5
        other = ((b[i] & 0x7FFFFF) | 0x800000) << 5
        if top == 0:  # 0, or too small for 24 bits
            value = 0
        if down == 0:
            other = 0
        if top < down:
            value >>= down - top if down - top < 29 else 29
            top = down
        else:
            other >>= top - down if top - down < 29 else 29
        if (a[i] >> 31) & 1:
            value = 0 - value
        if ((b[i] >> 31) & 1) == 0:
            other = 0 - other
        value += other
        sign = 0
        if value < 0:
            sign = 0 - 1
            value = 0 - value
        if value > 0x1FFFFFFF:
            value >>= 1
            top += 1
        if value:
            while value < 0x10000000:
                value += value
                top -= 1
        value = (value + 16) >> 5
        while value > 0xFFFFFF:
            value >>= 1
            top += 1
        if top < 1 or value == 0:
            to[i] = 0
        else:
            to[i] = (sign << 31) | (top << 23) | (value & 0x7FFFFF)
    return 0


@micropython.viper
def times(a: ptr32, b: ptr32, to: ptr32, n: int) -> int:
    """Set n float32, a * b of float32; return 1 where one is not finite."""
    for i in range(n):
        power = (a[i] >> 23) & 0xFF
        other = (b[i] >> 23) & 0xFF
        if power == 0xFF or other == 0xFF:
            return 1
        x = (a[i] & 0x7FFFFF) | 0x800000
        y = (b[i] & 0x7FFFFF) | 0x800000
        value = (x >> 9) * (y >> 9) + (((x >> 9) * (y & 0x1FF) + (x & 0x1FF) * (y >> 9)) >> 9)
        down = 5
        if value > 0x1FFFFFFF:
            down = 6
        value = (value + (1 << down - 1)) >> down
        top = power + other - 132 + down
        if value > 0xFFFFFF:
            value >>= 1
            top += 1
        if power == 0 or other == 0 or top < 1:
            to[i] = 0
        else:
            to[i] = (((a[i] ^ b[i]) >> 31) << 31) | (top << 23) | (value & 0x7FFFFF)
    return 0


@micropython.viper
def whiten(row: ptr32, whitening: ptr16, scales: ptr32, z: ptr32, powers: ptr32, n: int) -> int:
    """Set a block, z = row @ W; return by how much its power is above that of the block row.

    whitening, scales: W as mahalanobis has it, int16 and float32. powers: scratch. Each of row is taken apart
    into 15 bits and the rest; a sum of products is `high` and the 15 bits of `low`.
    """
    k = 0
    top = 0
    for j in range(n):
        high = 0
        low = 0
        for i in range(j + 1):
            value = (row[i] & 0x1FFFFFFF) - (row[i] & 0x20000000)
            weight = (whitening[k] ^ 0x8000) - 0x8000
            k += 1
            first = (value + 0x2000) >> 14
            rest = (value - (first << 14)) * weight
            first *= weight
            high += first >> 15
            low += (first & 0x7FFF) + (rest >> 14)
        high += low >> 15
        low &= 0x7FFF
        power = 1000
        while high > 0x1FFF or high < 0 - 0x2000:
            low = ((high & 1) << 15 | low) >> 1
            high >>= 1
            power += 1
        value = (high << 15) + low
        sign = 0
        if value < 0:
            sign = 1
            value = 0 - value
        if value:
            while value < 0x8000000:
                value += value
                power -= 1
        bits = scales[j]
        power += (bits >> 23) & 0xFF
        mantissa = (bits & 0x7FFFFF) | 0x800000
        first = value >> 13
        rest = (first * (mantissa & 0x1FF) >> 9) + ((value & 0x1FFF) * (mantissa >> 9) >> 13)
        first = (first * (mantissa >> 9) + rest) >> 2
        if (bits >> 23) & 0xFF == 0 or value == 0:
            first = 0
            power = 0
        if sign ^ ((bits >> 31) & 1):
            first = 0 - first
        z[j] = first
        powers[j] = power
        if power > top:
            top = power
    for j in range(n):
        down = top - powers[j]
        if down > 29:
            down = 29
        z[j] = ((z[j] & 0x1FFFFFFF) - (z[j] & 0x20000000)) >> down
    if top == 0:
        return 0
    return top - 1112


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
