"""judder_core.spectrum for NumPy: the same integers, a stage of the FFT at a time instead of a butterfly."""

from itertools import pairwise
from typing import Any

import numpy as np
from judder_core.fft import FormulaTransform
from judder_core.spectrum import SINE_BITS, edge, fitting_shift
from numpy.typing import NDArray

Whole = NDArray[np.int64]


class NumpyTransform(FormulaTransform):
    """The power spectra of many windows. Sequences of scalars are arrays here, (window_len, n)."""

    def __init__(self, window_len: int) -> None:
        super().__init__(window_len)
        self._hann_column = np.array(self._hann, np.int64)[:, np.newaxis]
        self._places = np.array(self._place)
        self._stages = [self._turns(1 << k) for k in range(self.size.bit_length() - 1)]

    def power(self, numeric: Any, x: Whole, y: Whole | None, bands: int) -> tuple[list[Whole], Any]:
        """Return (powers, unit) as FormulaTransform.power() does, to the bit."""
        weighed = [values * self._hann_column for values in (x, y) if values is not None]
        shift = fitting_shift(numeric, np.max([abs(values).max(axis=0) for values in weighed], axis=0))
        parts = np.zeros((2, self.size, x.shape[1]), np.int64)
        for part, values in zip(parts, weighed, strict=False):
            part[self._places] = values >> shift
        real, imaginary = self._transformed(*parts)
        energy = real * real + imaginary * imaginary
        both = energy[1 : self.size // 2] + energy[: self.size // 2 : -1]
        edges = [edge(self.size, band, bands) - 1 for band in range(bands + 1)]
        return [both[start:stop].sum(axis=0) for start, stop in pairwise(edges)], self._unit(shift)

    def _turns(self, half: int) -> tuple[Whole, Whole]:
        """Return the cosines and negative sines of a stage that joins halves of that length."""
        cosine = np.array(self._cosine, np.int64)
        at = np.arange(half) * (self.size // (2 * half))
        return cosine[at, np.newaxis], cosine[at + self.size // 4, np.newaxis]

    def _transformed(self, real: Whole, imaginary: Whole) -> tuple[Whole, Whole]:
        shape = real.shape
        for c, s in self._stages:
            halves = (-1, 2, len(c), shape[1])
            (p, a), (q, b) = (np.moveaxis(part.reshape(halves), 1, 0) for part in (real, imaginary))
            turned = (a * c - b * s) >> SINE_BITS
            real = np.stack((p + 1 + turned, p + 1 - turned), axis=1) >> 1
            turned = (a * s + b * c) >> SINE_BITS
            imaginary = np.stack((q + 1 + turned, q + 1 - turned), axis=1) >> 1
        return real.reshape(shape), imaginary.reshape(shape)
