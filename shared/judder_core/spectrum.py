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

from .errors import CoreError

SINE_BITS = 14
HANN_BITS = 12
WEIGHT_BITS = 8
LIMIT = 1 << 14  # of what goes in: a product with a sine, and the sum of two, stay within 31 bits


class Transform:
    """The tables for windows of window_len samples, padded with zeros to `size`, a power of two.

    noise_gain: the sum of the squared Hann weights; white noise of variance v has v * noise_gain in each bin
    on average. A signal is a pair: window_len whole scalars of mean about 0, and how much of their mean to
    take off, in 2^-HANN_BITS. Each engine has its own way through the tables, with energy(), split(),
    weighted(), _peak(), _window() and _transform() as fft has them.
    """

    def __init__(self, window_len):
        bits = 4
        while 1 << bits < window_len:
            bits += 1
        self.size = 1 << bits
        self._cosine = _table(self.size, self.size * 3 // 4, 0.0, 1.0, SINE_BITS)
        self._hann = _table(window_len, window_len, 0.5, -0.5, HANN_BITS)
        # The same room for each window: a heap in pieces may have none that is as long.
        self._real, self._imaginary = self.room(), self.room()
        self.noise_gain = sum([h * h for h in self._hann]) / (1 << 2 * HANN_BITS)

    def room(self):
        """Return room for one half of a transform."""
        return array("h", bytes(2 * self.size))

    def shift(self, numeric, signals):
        """Return by how many bits to shift signals, weighed, so that the largest comes just under LIMIT."""
        peak = 0
        for signal in signals:
            if signal is not None:
                higher = self._peak(numeric, *signal)
                peak = numeric.choose(higher > peak, higher, peak)
        shift = peak * 0
        for _ in range(16):
            shift = numeric.choose(peak >> shift >= LIMIT, shift + 1, shift)
        return shift

    def transformed(self, x, y, shift, real=None):
        """Return the real and the imaginary part of the transform Z of x + iy, shifted by as many bits.

        They hold until the next call. y may be None. real: from room(), for the real part to be kept there.
        """
        real, imaginary = real or self._real, self._imaginary
        for to, signal in ((real, x), (imaginary, y)):
            values, rest = signal or ((), 0)
            self._window(to, values, rest, shift)
        self._transform(real, imaginary)
        return real, imaginary

    def unit(self, shift):
        """Return in which unit |Z|^2 is, a float scalar."""
        return self.size * self.size * 4.0 ** (shift - HANN_BITS)


def too_short(window_len, bands, least):
    """Return the CoreError for windows that leave some of that many bands empty; least: what will do."""
    return CoreError(
        "Windows of %d samples are too short for %d bands; %d will do." % (window_len, bands, least),
        "Use longer windows, or another feature set.",
    )


_kept = {}


def kept(make, *given):
    """Return make(*given), made once: a board has windows of one length, and little room."""
    if (make, given) not in _kept:
        _kept.clear()
        _kept[make, given] = make(*given)
    return _kept[make, given]


def _table(size, length, mean, amplitude, bits):
    """Return mean + amplitude * cos(2 pi k / size) for k below length, as whole numbers of 2^-bits."""
    unit, step = 1 << bits, 2 * math.pi / size
    waves = (mean + amplitude * math.cos(step * k) for k in range(length))
    return array("h", [int(math.floor(wave * unit + 0.5)) for wave in waves])
