"""The power spectrum of a window by an integer FFT.

A float costs a board 16 bytes each time it is made, and an FFT of 256 in floats 300 kB; integers below 2^30
cost nothing. All works on sequences of whole scalars: ints, or in the NumPy engine int64 arrays with one
element a window. One formula, the same bits on every runtime. Two real signals share one complex transform.

Source: decimation in time, radix 2 (Cooley & Tukey 1965), halved at every stage so that nothing overflows.
A quiet window is brought up and a loud one down to 15 bits beforehand, which 16 hold at every stage; rounding
stays about 70 dB under the peak.
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
        # The same room for each window: a heap in pieces may have none that is as long.
        self._real, self._imaginary = array("h", bytes(2 * self.size)), array("h", bytes(2 * self.size))
        self.noise_gain = sum([h * h for h in self._hann]) / (1 << 2 * HANN_BITS)

    def power(self, numeric, x, y, bands):
        """Return (powers, unit): powers[b] * unit is the sum of |X|^2 + |Y|^2 over band b of `bands`.

        The bands share the bins 1 to size / 2 - 1 evenly, see edge(). x, y: window_len whole scalars of mean
        about 0; y may be None. White noise of variance v on one of them has v * noise_gain in each bin on
        average. powers are whole scalars, unit a float scalar.
        """
        peak = self._peak(numeric, x)
        if y is not None:
            higher = self._peak(numeric, y)
            peak = numeric.choose(higher > peak, higher, peak)
        shift = fitting_shift(numeric, peak)
        self._window(self._real, x, shift)
        self._window(self._imaginary, y, shift)
        self._transform(self._real, self._imaginary)
        # With Z = X + iY, |Z_k|^2 + |Z_-k|^2 is twice what is wanted.
        powers = [
            self._power(edge(self.size, band, bands), edge(self.size, band + 1, bands))
            for band in range(bands)
        ]
        return powers, self._unit(shift)

    def _unit(self, shift):
        return 0.5 * self.size * self.size * 4.0 ** (shift - HANN_BITS)

    def _power(self, start, stop):
        """Return the sum of |Z|^2 over the bins from start up to stop, and over their mirror images."""
        real, imaginary = self._real, self._imaginary
        total = 0
        for k in range(start, stop):
            a, b, c, d = real[k], imaginary[k], real[-k], imaginary[-k]
            total = total + (a * a + b * b + c * c + d * d)
        return total

    def _peak(self, numeric, values):
        """Return the largest size of values times Hann, 2^HANN_BITS too large."""
        k = 0
        peak = 0
        for value in values:
            size = abs(value * self._hann[k])
            peak = numeric.choose(size > peak, size, peak)
            k += 1
        return peak

    def _window(self, to, values, shift):
        """Set values (None: all 0) times Hann, shifted, in bit-reversed order, padded with zeros."""
        for k in range(self.size):
            to[k] = 0
        k = 0
        for value in values or ():
            to[self._place[k]] = (value * self._hann[k]) >> shift
            k += 1

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


def edge(size, band, bands):
    """Return the first bin of band: the bins 1 to size / 2 - 1 are shared evenly by that many bands."""
    return (size // 2 - 1) * band // bands + 1


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


def fitting_shift(numeric, peak):
    """Return by how many bits to shift values of that peak so that they come just under LIMIT."""
    shift = peak * 0
    for _ in range(16):
        shift = numeric.choose(peak >> shift >= LIMIT, shift + 1, shift)
    return shift
