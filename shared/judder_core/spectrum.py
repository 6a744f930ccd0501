"""The power spectrum of a window by an integer FFT.

A float costs a board 16 bytes each time it is made, and an FFT of 256 in floats 300 kB; integers below 2^30
cost nothing. All works on lists of whole scalars: ints, or in the NumPy engine int64 arrays with one element
a window. One formula, the same bits on every runtime. Two real signals share one complex transform.

Source: decimation in time, radix 2 (Cooley & Tukey 1965), halved at every stage so that nothing overflows.
What a quiet window has to spare is used up beforehand; rounding stays about 70 dB under its peak.
"""

import math
from array import array

SINE_BITS = 14
HANN_BITS = 12
LIMIT = 1 << 14  # of what goes in: a product with a sine, and the sum of two, stay within 31 bits


class Transform:
    """The tables for windows of window_len samples, padded with zeros to `size`, a power of two.

    noise_gain: the sum of the squared Hann weights.
    """

    def __init__(self, window_len):
        bits = 4
        while 1 << bits < window_len:
            bits += 1
        self.size = 1 << bits
        self._cosine = _table(self.size, lambda angle: math.cos(angle), SINE_BITS)
        self._hann = _table(window_len, lambda angle: 0.5 - 0.5 * math.cos(angle), HANN_BITS)
        self._place = array("h", [_reversed(k, bits) for k in range(window_len)])
        self.noise_gain = sum([h * h for h in self._hann]) / (1 << 2 * HANN_BITS)

    def power(self, numeric, x, y):
        """Return (powers, unit): powers[k] * unit is |X|^2 + |Y|^2 in bin k + 1, for bins 1 to size / 2 - 1.

        x, y: lists of window_len whole scalars, of mean about 0. White noise of variance v on one of them
        has v * noise_gain in each bin on average. powers are whole scalars, unit a float scalar.
        """
        real, imaginary = self._windowed(x), self._windowed(y)
        factor = _headroom(numeric, real, imaginary)
        for k in range(self.size):
            real[k] = (real[k] * factor) >> HANN_BITS
            imaginary[k] = (imaginary[k] * factor) >> HANN_BITS
        self._transform(real, imaginary)
        # With Z = X + iY, |Z_k|^2 + |Z_-k|^2 is twice what is wanted.
        powers = []
        for k in range(1, self.size // 2):
            a, b, c, d = real[k], imaginary[k], real[-k], imaginary[-k]
            powers.append(a * a + b * b + c * c + d * d)
        return powers, 0.5 * self.size * self.size / (factor * factor)

    def _windowed(self, values):
        """Return values times Hann, in bit-reversed order, padded with zeros."""
        result = [values[0] * 0] * self.size
        for k in range(len(values)):
            result[self._place[k]] = values[k] * self._hann[k]
        return result

    def _transform(self, real, imaginary):
        """Replace the lists by their transform / size."""
        size, cosine = self.size, self._cosine
        half = 1
        while half < size:
            step = size // (2 * half)
            for first in range(half):
                c = cosine[first * step]
                s = cosine[(first * step + size // 4) % size]  # -sin
                for i in range(first, size, 2 * half):
                    j = i + half
                    a, b = real[j], imaginary[j]
                    turned_real = (a * c - b * s) >> SINE_BITS
                    turned_imaginary = (a * s + b * c) >> SINE_BITS
                    a, b = real[i] + 1, imaginary[i] + 1  # + 1: halving rounds
                    real[i], real[j] = (a + turned_real) >> 1, (a - turned_real) >> 1
                    imaginary[i], imaginary[j] = (b + turned_imaginary) >> 1, (b - turned_imaginary) >> 1
            half *= 2


def _table(size, function, bits):
    """Return function of the angles 2 pi k / size as whole numbers of 2^-bits."""
    step = 2 * math.pi / size
    return array("h", [int(math.floor(function(step * k) * (1 << bits) + 0.5)) for k in range(size)])


def _reversed(number, bits):
    result = 0
    for _ in range(bits):
        result = result << 1 | number & 1
        number >>= 1
    return result


def _headroom(numeric, real, imaginary):
    """Return the power of two that brings the values, still 2^HANN_BITS too large, just under LIMIT."""
    peak = real[0] * 0
    for values in (real, imaginary):
        for value in values:
            size = abs(value)
            peak = numeric.choose(size > peak, size, peak)
    factor = peak * 0 + 1
    for _ in range(SINE_BITS):
        factor = numeric.choose(peak * factor < LIMIT << HANN_BITS - 1, factor * 2, factor)
    return factor
