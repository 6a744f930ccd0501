"""The inner loops of a spectrum, as machine code over integers; see kernels and fft."""

import micropython


@micropython.viper
def peak(counts: ptr16, first: int, stop: int, shift: int, rest: int, hann: ptr16) -> int:
    """Return the largest size of (value - shift - rest / 2^12) times its weight."""
    result = 0
    k = 0
    while first < stop:
        size = (((counts[first] ^ 0x8000) - 0x8000) - shift) * hann[k] - (rest * hann[k] >> 12)
        if size < 0:
            size = 0 - size
        if size > result:
            result = size
        first += 3
        k += 1
    return result


@micropython.viper
def clear(values: ptr16, size: int):
    for k in range(size):
        values[k] = 0


@micropython.viper
def weigh(
    counts: ptr16, first: int, stop: int, shift: int, rest: int, hann: ptr16, down: int, to: ptr16, size: int
):
    """Set each value as in peak(), weighed and shifted down, in bit-reversed order, in `to` of that size."""
    k = 0
    place = 0
    while first < stop:
        value = (((counts[first] ^ 0x8000) - 0x8000) - shift) * hann[k] - (rest * hann[k] >> 12)
        to[place] = value >> down
        first += 3
        k += 1
        bit = size >> 1  # one more, from the highest bit down
        while place & bit:
            place ^= bit
            bit >>= 1
        place |= bit


@micropython.viper
def transform(real: ptr16, imaginary: ptr16, cosine: ptr16, size: int):
    """Replace the values by their transform / size, as fft does."""
    half = 1
    step = size >> 1
    while half < size:
        first = 0
        while first < half:
            k = first * step
            c = (cosine[k] ^ 0x8000) - 0x8000
            s = (cosine[k + (size >> 2)] ^ 0x8000) - 0x8000
            i = first
            while i < size:
                j = i + half
                a = (real[j] ^ 0x8000) - 0x8000
                b = (imaginary[j] ^ 0x8000) - 0x8000
                turned = (a * c - b * s) >> 14
                b = (a * s + b * c) >> 14
                a = ((real[i] ^ 0x8000) - 0x8000) + 1
                real[i] = (a + turned) >> 1
                real[j] = (a - turned) >> 1
                a = ((imaginary[i] ^ 0x8000) - 0x8000) + 1
                imaginary[i] = (a + b) >> 1
                imaginary[j] = (a - b) >> 1
                i = j + half
            first += 1
        half += half
        step >>= 1


@micropython.viper
def power(real: ptr16, imaginary: ptr16, size: int, k: int, stop: int, parts: ptr32):
    """Set the energy of the bins from k up to stop, and their mirror images: parts[0] * 2^15 + parts[1]."""
    high = 0
    low = 0
    while k < stop:
        a = (real[k] ^ 0x8000) - 0x8000
        b = (imaginary[k] ^ 0x8000) - 0x8000
        c = (real[size - k] ^ 0x8000) - 0x8000
        d = (imaginary[size - k] ^ 0x8000) - 0x8000
        a = a * a + b * b + c * c + d * d
        high += a >> 15
        low += a & 0x7FFF
        k += 1
    parts[0] = high
    parts[1] = low


@micropython.viper
def split(real: ptr16, imaginary: ptr16, size: int, alone: int):
    """Turn the transform of x + iy into those of x and y, doubled, as fft does."""
    k = 1
    mirror = size - 1
    while k < mirror:
        a = real[k]  # without its sign: what is stored are the low bits
        b = imaginary[k]
        c = real[mirror]
        d = imaginary[mirror]
        if alone:
            c = a
            d = 0 - b
        real[k] = a + c
        real[mirror] = b - d
        imaginary[k] = b + d
        imaginary[mirror] = c - a
        k += 1
        mirror -= 1


@micropython.viper
def weighted(a: ptr16, b: ptr16, size: int, rises: ptr8, marks: ptr16, band: int, parts: ptr32):
    """Add the sum of Re(a * conjugate of b) over a band, weighed as fft does: parts[0] * 2^15 + parts[1]."""
    high = parts[0]
    low = parts[1]
    k = marks[band]
    while k < marks[band + 2]:
        weight = rises[k]
        if k >= marks[band + 1]:
            weight = 256 - weight
        k += 1
        product = ((a[k] ^ 0x8000) - 0x8000) * ((b[k] ^ 0x8000) - 0x8000)
        product += ((a[size - k] ^ 0x8000) - 0x8000) * ((b[size - k] ^ 0x8000) - 0x8000)
        low += (product & 0x7FFF) * weight
        high += (product >> 15) * weight + (low >> 15)
        low &= 0x7FFF
    parts[0] = high
    parts[1] = low


@micropython.viper
def turn(rotation: ptr32, matrix: ptr32, to: ptr32):
    """Set R M^T, each of 3 x 3 numbers: R in 2^-17 and orthogonal, those of M of less than 26 bits."""
    place = 0
    i = 0
    while i < 9:
        j = 0
        while j < 9:
            high = 0
            low = 0
            k = 0
            while k < 3:
                factor = (rotation[i + k] & 0x1FFFFFFF) - (rotation[i + k] & 0x20000000)
                value = (matrix[j + k] & 0x1FFFFFFF) - (matrix[j + k] & 0x20000000)
                high += factor * (value >> 12)
                low += factor * (value & 0xFFF)
                k += 1
            to[place] = (high + (low >> 12) + 16) >> 5
            place += 1
            j += 3
        i += 3
