"""The inner loops of the feature set `statistics`, as machine code over integers; see kernels."""

import micropython


@micropython.viper
def squared_steps(counts: ptr16, first: int, stop: int, parts: ptr32) -> int:
    """Set the sum of squares of each value less the one before it, as dot() does."""
    high = 0
    low = 0
    before = (counts[first] ^ 0x8000) - 0x8000
    first += 3
    while first < stop:
        value = (counts[first] ^ 0x8000) - 0x8000
        step = value - before
        before = value
        if (step + 0x8000) >> 16:
            return 1
        step *= step
        high += step >> 15
        low += step & 0x7FFF
        first += 3
    parts[0] = high
    parts[1] = low
    return 0


@micropython.viper
def moments(counts: ptr16, first: int, stop: int, shift: int, parts: ptr32) -> int:
    """Set the sums of squares (parts 0 and 1), third (2 to 4) and fourth powers (5 to 8), as dot() does.

    Each part counts 2^15 times what the next one does.
    """
    for k in range(9):
        parts[k] = 0
    while first < stop:
        value = ((counts[first] ^ 0x8000) - 0x8000) - shift
        if (value + 0x8000) >> 16:
            return 1
        low = value * value
        high = low >> 15
        low &= 0x7FFF
        parts[0] += high
        parts[1] += low
        product = high * value
        parts[2] += product >> 15
        parts[3] += product & 0x7FFF
        product = low * value
        parts[3] += product >> 15
        parts[4] += product & 0x7FFF
        product = high * high
        parts[5] += product >> 15
        parts[6] += product & 0x7FFF
        product = high * low
        parts[6] += product >> 15 << 1
        parts[7] += (product & 0x7FFF) << 1
        product = low * low
        parts[7] += product >> 15
        parts[8] += product & 0x7FFF
        first += 3
    return 0


@micropython.viper
def extent(counts: ptr16, first: int, stop: int) -> int:
    least = 0x8000
    most = 0 - 0x8000
    while first < stop:
        value = (counts[first] ^ 0x8000) - 0x8000
        if value < least:
            least = value
        if value > most:
            most = value
        first += 3
    return most - least


@micropython.viper
def crossings(counts: ptr16, first: int, stop: int, level: int) -> int:
    """Return how often the values come above `level`, or are so no longer."""
    count = 0 - 1
    before = 2
    while first < stop:
        above = 0
        if (counts[first] ^ 0x8000) - 0x8000 > level:
            above = 1
        if above != before:
            count += 1
        before = above
        first += 3
    return count
