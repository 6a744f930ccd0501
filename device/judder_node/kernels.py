"""The inner loops of a judged window, as machine code over integers: no float is made, nothing is allocated.

Imported in a try: a firmware without a native emitter refuses the decorator with a SyntaxError. What each
must come to is the formula in judder_core; numeric_native puts them in its place.

A board's integers have 32 bits here and a PC's 64, so every sum and product is bounded to 31: what could be
more is kept in a high and a low part. `ptr16` reads unsigned, and `ptr32` too on a PC: signs are put back.
counts: int16, x, y, z interleaved; an axis of them is `first`, `stop` and a step of 3.
"""

import micropython


@micropython.viper
def total(counts: ptr16, first: int, stop: int, shift: int) -> int:
    """Return the sum of the values, each less shift; right for 16384 values."""
    result = 0
    while first < stop:
        result += ((counts[first] ^ 0x8000) - 0x8000) - shift
        first += 3
    return result


@micropython.viper
def dot(a: ptr16, i: int, shift: int, b: ptr16, j: int, other: int, stop: int, parts: ptr32) -> int:
    """Set the sum of products: parts[0] * 2^15 + parts[1]; return 1 if a value less its shift is no int16."""
    high = 0
    low = 0
    while i < stop:
        x = ((a[i] ^ 0x8000) - 0x8000) - shift
        y = ((b[j] ^ 0x8000) - 0x8000) - other
        if ((x + 0x8000) | (y + 0x8000)) >> 16:
            return 1
        x *= y
        high += x >> 15
        low += x & 0x7FFF
        i += 3
        j += 3
    parts[0] = high
    parts[1] = low
    return 0


@micropython.viper
def median_x2(counts: ptr16, first: int, stop: int, twice: int, folded: int) -> int:
    """Return twice the median of 2 * value - twice, or of its size where folded.

    By bisection: each pass counts what is not above the middle, and finds its neighbours on either side.
    """
    n = (stop - first + 2) // 3
    low = -0x100000
    high = 0x100000
    while 1:
        middle = (low + high) >> 1
        count = 0
        below = low
        above = 0x100000
        i = first
        while i < stop:
            value = 2 * ((counts[i] ^ 0x8000) - 0x8000) - twice
            if folded and value < 0:
                value = 0 - value
            if value > middle:
                if value < above:
                    above = value
            else:
                count += 1
                if value > below:
                    below = value
            i += 3
        if low == high:
            break
        if 2 * count >= n:
            high = below
        else:
            low = above
    if 2 * count > n:
        return 2 * low
    return low + above
