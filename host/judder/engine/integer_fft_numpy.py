"""judder_core.spectrum for NumPy: the same integers, a stage of the FFT at a time instead of a butterfly."""

from collections.abc import Iterable
from itertools import pairwise
from typing import Any

import numpy as np
from judder_core.fft import FormulaTransform
from judder_core.spectrum import SINE_BITS, edge
from judder_core.triangles import Triangles
from numpy.typing import NDArray

Whole = NDArray[np.int64]
Spectrum = tuple[Whole, Whole]
Pairs = Iterable[tuple[Spectrum, Spectrum]]


class NumpyTransform(FormulaTransform):
    """The power spectra of many windows. Sequences of scalars are arrays here, (window_len, n)."""

    def __init__(self, window_len: int) -> None:
        super().__init__(window_len)
        self._hann_column = np.array(self._hann, np.int64)[:, np.newaxis]
        self._places = np.array(self._place)
        self._stages = [self._turns(1 << k) for k in range(self.size.bit_length() - 1)]

    def power(self, numeric: Any, x: Whole, y: Whole | None, bands: int) -> tuple[list[Whole], Any]:
        """Return (powers, unit) as FormulaTransform.power() does, to the bit."""
        shift = self._shift(numeric, (x, y))
        real, imaginary = self._transformed(x, y, shift)
        energy = real * real + imaginary * imaginary
        both = np.add(*self._sides(energy))
        edges = [edge(self.size, band, bands) - 1 for band in range(bands + 1)]
        return [both[start:stop].sum(axis=0) for start, stop in pairwise(edges)], self._unit(shift)

    def spectra(self, numeric: Any, x: Whole, y: Whole, z: Whole) -> tuple[list[Spectrum], Any]:
        """Return (spectra, unit) as FormulaTransform.spectra() does: real and imaginary parts, bin by bin."""
        shift = self._shift(numeric, (x, y, z))
        (a, c), (b, d) = (self._sides(part) for part in self._transformed(x, y, shift))
        (e, _), (f, _) = (self._sides(part) for part in self._transformed(z, None, shift))
        return [(a + c, b - d), (b + d, c - a), (2 * e, 2 * f)], self._unit(shift) / 2

    def weighted(self, pairs: Pairs, triangles: Triangles, band: int) -> Whole:
        """Return what FormulaTransform.weighted() does, to the bit."""
        bins = slice(triangles.marks[band], triangles.marks[band + 2])
        products = [a[bins] * b[bins] for one, other in pairs for a, b in zip(one, other, strict=True)]
        return np.asarray(np.array(triangles.weights(band)) @ np.sum(products, axis=0))

    def _peak(self, numeric: Any, values: Whole) -> Whole:
        return np.asarray(abs(values * self._hann_column).max(axis=0))

    def _sides(self, part: Whole) -> tuple[Whole, Whole]:
        """Return the bins 1 to size / 2 - 1 of part, and their mirror images."""
        return part[1 : self.size // 2], part[: self.size // 2 : -1]

    def _turns(self, half: int) -> tuple[Whole, Whole]:
        """Return the cosines and negative sines of a stage that joins halves of that length."""
        cosine = np.array(self._cosine, np.int64)
        at = np.arange(half) * (self.size // (2 * half))
        return cosine[at, np.newaxis], cosine[at + self.size // 4, np.newaxis]

    def _transformed(self, x: Whole, y: Whole | None, shift: Whole) -> tuple[Whole, Whole]:
        """Return the transform of x + iy, weighed and shifted, as its real and imaginary part."""
        shape = (self.size, x.shape[1])
        real, imaginary = np.zeros(shape, np.int64), np.zeros(shape, np.int64)
        real[self._places] = x * self._hann_column >> shift
        if y is not None:
            imaginary[self._places] = y * self._hann_column >> shift
        for c, s in self._stages:
            halves = (-1, 2, len(c), shape[1])
            (p, a), (q, b) = (np.moveaxis(part.reshape(halves), 1, 0) for part in (real, imaginary))
            turned = (a * c - b * s) >> SINE_BITS
            real = np.stack((p + 1 + turned, p + 1 - turned), axis=1) >> 1
            turned = (a * s + b * c) >> SINE_BITS
            imaginary = np.stack((q + 1 + turned, q + 1 - turned), axis=1) >> 1
        return real.reshape(shape), imaginary.reshape(shape)
