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

    noise_gain: the sum of the squared Hann weights. Each engine has its own way through the tables, with
    _peak(), _window(), _transform(), _power(), _split() and weighted() as fft has them.
    """

    def __init__(self, window_len):
        bits = 4
        while 1 << bits < window_len:
            bits += 1
        self.size = 1 << bits
        self._cosine = _table(self.size, self.size * 3 // 4, 0.0, 1.0, SINE_BITS)
        self._hann = _table(window_len, window_len, 0.5, -0.5, HANN_BITS)
        # The same room for each window: a heap in pieces may have none that is as long.
        self._real, self._imaginary = self._room(), self._room()
        self._third = None
        self.noise_gain = sum([h * h for h in self._hann]) / (1 << 2 * HANN_BITS)

    def power(self, numeric, x, y, bands):
        """Return (powers, unit): powers[b] * unit is the sum of |X|^2 + |Y|^2 over band b of `bands`.

        The bands share the bins 1 to size / 2 - 1 evenly, see edge(). x, y: window_len whole scalars of mean
        about 0; y may be None. White noise of variance v on one of them has v * noise_gain in each bin on
        average. powers are whole scalars, unit a float scalar.
        """
        shift = self._shift(numeric, (x, y))
        self._window(self._real, x, shift)
        self._window(self._imaginary, y, shift)
        self._transform(self._real, self._imaginary)
        # With Z = X + iY, |Z_k|^2 + |Z_-k|^2 is twice what is wanted.
        powers = [None] * bands
        for band in range(bands):
            powers[band] = self._power(edge(self.size, band, bands), edge(self.size, band + 1, bands))
        return powers, self._unit(shift)

    def spectra(self, numeric, x, y, z):
        """Return (spectra, unit): twice the transforms X, Y and Z of three signals, for weighted().

        x, y, z: as power() takes them, shifted alike, so that their products compare. Of the spectra only
        weighted() knows the form; they hold until the next window. weighted() * unit is in units of |X|^2.
        """
        shift = self._shift(numeric, (x, y, z))
        if self._third is None:
            self._third = self._room()
        real, imaginary, third = self._real, self._imaginary, self._third
        for one, other, first, second in ((z, None, third, imaginary), (x, y, real, imaginary)):
            self._window(first, one, shift)
            self._window(second, other, shift)
            self._transform(first, second)
            self._split(first, second, other is None)
        return (real, imaginary, third), self._unit(shift) / 2

    def _room(self):
        return array("h", bytes(2 * self.size))

    def _shift(self, numeric, signals):
        """Return by how many bits to shift what is weighed so that the largest comes just under LIMIT."""
        peak = 0
        for signal in signals:
            if signal is not None:
                higher = self._peak(numeric, signal)
                peak = numeric.choose(higher > peak, higher, peak)
        return fitting_shift(numeric, peak)

    def _unit(self, shift):
        return 0.5 * self.size * self.size * 4.0 ** (shift - HANN_BITS)


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


def edge(size, band, bands):
    """Return the first bin of band: the bins 1 to size / 2 - 1 are shared evenly by that many bands."""
    return (size // 2 - 1) * band // bands + 1


def _table(size, length, mean, amplitude, bits):
    """Return mean + amplitude * cos(2 pi k / size) for k below length, as whole numbers of 2^-bits."""
    unit, step = 1 << bits, 2 * math.pi / size
    waves = (mean + amplitude * math.cos(step * k) for k in range(length))
    return array("h", [int(math.floor(wave * unit + 0.5)) for wave in waves])


def fitting_shift(numeric, peak):
    """Return by how many bits to shift values of that peak so that they come just under LIMIT."""
    shift = peak * 0
    for _ in range(16):
        shift = numeric.choose(peak >> shift >= LIMIT, shift + 1, shift)
    return shift
