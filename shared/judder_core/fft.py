"""The formula of spectrum: what its transform does, step by step, for every engine without a quicker way."""

from array import array

from .spectrum import HANN_BITS, SINE_BITS, WEIGHT_BITS, Transform


class FormulaTransform(Transform):
    """Over sequences of whole scalars, sample by sample."""

    def __init__(self, window_len):
        super().__init__(window_len)
        self._place = array("h", [_reversed(k, self.size) for k in range(window_len)])

    def energy(self, transformed, start, stop):
        """Return the sum of |Z|^2 over the bins from start up to stop, and over their mirror images."""
        real, imaginary = transformed
        total = 0
        for k in range(start, stop):
            a, b, c, d = real[k], imaginary[k], real[-k], imaginary[-k]
            total = total + (a * a + b * b + c * c + d * d)
        return total

    def split(self, transformed, alone):
        """Return 2X and 2Y, the spectra of x and y in the transform of x + iy, in place of it.

        Bin k has its real part at k and its imaginary one at -k. alone: y is 0, and stays out of 2X.
        """
        real, imaginary = transformed
        for k in range(1, self.size // 2):
            a, b, c, d = real[k], imaginary[k], real[-k], imaginary[-k]
            if alone:
                c, d = a, -b
            real[k], real[-k] = a + c, b - d
            imaginary[k], imaginary[-k] = b + d, c - a
        return real, imaginary

    def weighted(self, pairs, triangles, band):
        """Return the sum of Re(one * conjugate of other) over pairs of spectra and a band's bins, weighed.

        triangles: see there. By Parseval no part of the sum is over 2^24.
        """
        rises, marks, _ = triangles
        high = low = 0
        for one, other in pairs:
            for k in range(marks[band], marks[band + 2]):
                weight = rises[k]
                if k >= marks[band + 1]:
                    weight = (1 << WEIGHT_BITS) - weight
                product = one[k + 1] * other[k + 1] + one[-k - 1] * other[-k - 1]
                low += (product & 0x7FFF) * weight
                high += (product >> 15) * weight + (low >> 15)
                low &= 0x7FFF
        return high * 32768 + low

    def _peak(self, numeric, values, rest):
        """Return the largest size of values less rest, times Hann, 2^HANN_BITS too large."""
        k = 0
        peak = 0
        for value in values:
            size = abs(self._weighed(value, rest, k))
            peak = numeric.choose(size > peak, size, peak)
            k += 1
        return peak

    def _window(self, to, values, rest, shift):
        """Set values less rest, times Hann, shifted, in bit-reversed order, padded with zeros."""
        for k in range(self.size):
            to[k] = 0
        k = 0
        for value in values:
            to[self._place[k]] = self._weighed(value, rest, k) >> shift
            k += 1

    def _weighed(self, value, rest, k):
        weight = self._hann[k]
        return value * weight - (rest * weight >> HANN_BITS)

    def _transform(self, real, imaginary):
        """Replace the lists by their transform / size."""
        size, cosine = self.size, self._cosine
        half = 1
        while half < size:
            step = size // (2 * half)
            for first in range(half):
                c = cosine[first * step]
                s = cosine[first * step + size // 4]  # -sin
                for i in range(first, size, 2 * half):
                    j = i + half
                    a, b = real[j], imaginary[j]
                    turned_real = (a * c - b * s) >> SINE_BITS
                    turned_imaginary = (a * s + b * c) >> SINE_BITS
                    a, b = real[i] + 1, imaginary[i] + 1  # + 1: halving rounds
                    real[i], real[j] = (a + turned_real) >> 1, (a - turned_real) >> 1
                    imaginary[i], imaginary[j] = (b + turned_imaginary) >> 1, (b - turned_imaginary) >> 1
            half *= 2


def _reversed(k, size):
    """Return k, the bits of a number below size in reverse order."""
    result = 0
    while size > 1:
        result = result << 1 | k & 1
        k >>= 1
        size >>= 1
    return result
