"""judder_core.spectrum for NumPy: the same integers, a stage of the FFT at a time instead of a butterfly."""

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from judder_core.fft import FormulaTransform
from judder_core.spectrum import HANN_BITS, SINE_BITS
from judder_core.triangles import weights
from numpy.typing import NDArray

Whole = NDArray[np.int64]
Small = NDArray[np.int32]
"""What a stage takes: its products, and the sum of two, stay within 31 bits, see judder_core.spectrum."""
Scalar = Whole | NDArray[np.float64] | int
Signal = tuple[Whole, Scalar]
Pair = tuple[Whole, Whole]
Triangles = tuple[bytearray, Sequence[int], Sequence[int]]


class NumpyTransform(FormulaTransform):
    """The spectra of many windows, to the bit. Sequences of scalars are arrays here, (window_len, n)."""

    def __init__(self, window_len: int) -> None:
        super().__init__(window_len)
        self._hann_column = np.array(self._hann, np.int64)[:, np.newaxis]
        self._places = np.array(self._place)
        self._stages = [self._turns(1 << k) for k in range(self.size.bit_length() - 1)]

    def room(self) -> None:
        """Many windows take each its own."""

    def transformed(self, x: Signal, y: Signal | None, shift: Whole, real: None = None) -> Pair:
        return self._fft(*(self._placed(signal, shift) for signal in (x, y or (0 * x[0], 0))))

    def energy(self, transformed: Pair, start: int, stop: int) -> Whole:
        sides = [side[start - 1 : stop - 1] for part in transformed for side in self._sides(part)]
        return np.asarray(sum((side * side).sum(axis=0) for side in sides))

    def split(self, transformed: Pair, alone: bool) -> tuple[Pair, Pair]:
        """Return 2X and 2Y as FormulaTransform.split() does, each as its real and its imaginary part."""
        (a, c), (b, d) = (self._sides(part) for part in transformed)
        if alone:
            c, d = a, -b
        return (a + c, b - d), (b + d, c - a)

    def weighted(self, pairs: Iterable[tuple[Pair, Pair]], triangles: Triangles, band: int) -> Whole:
        rises, marks, _ = triangles
        bins = slice(marks[band], marks[band + 2])
        products = (a[bins] * b[bins] for one, other in pairs for a, b in zip(one, other, strict=True))
        return np.asarray(np.array(weights(rises, marks, band)) @ sum(products))

    def _peak(self, numeric: Any, values: Whole, rest: Scalar) -> Whole:
        return np.asarray(abs(self._weigh(values, rest)).max(axis=0))

    def _placed(self, signal: Signal, shift: Whole) -> Small:
        """Return signal weighed and shifted, in the order in which the transform begins."""
        placed = np.zeros((self.size, signal[0].shape[1]), np.int32)
        placed[self._places] = self._weigh(*signal) >> shift
        return placed

    def _weigh(self, values: Whole, rest: Scalar) -> Whole:
        hann = self._hann_column
        return values * hann - (np.asarray(rest, np.int64) * hann >> HANN_BITS)

    def _sides(self, part: Whole) -> tuple[Whole, Whole]:
        """Return the bins 1 to size / 2 - 1 of part, and their mirror images."""
        return part[1 : self.size // 2], part[: self.size // 2 : -1]

    def _turns(self, half: int) -> tuple[Small, Small]:
        """Return the cosines and negative sines of a stage that joins halves of that length."""
        cosine = np.array(self._cosine, np.int32)
        at = np.arange(half) * (self.size // (2 * half))
        return cosine[at, np.newaxis], cosine[at + self.size // 4, np.newaxis]

    def _fft(self, real: Small, imaginary: Small) -> Pair:
        """Transform both in place; return them as wide as their squares need."""
        shape = real.shape
        for c, s in self._stages:
            halves = (-1, 2, len(c), shape[1])
            (p, a), (q, b) = (np.moveaxis(part.reshape(halves), 1, 0) for part in (real, imaginary))
            turned, other = (a * c - b * s) >> SINE_BITS, (a * s + b * c) >> SINE_BITS
            for whole, half, gap in ((p, a, turned), (q, b, other)):
                whole += 1
                np.subtract(whole, gap, out=half)
                whole += gap
            real >>= 1
            imaginary >>= 1
        return real.astype(np.int64), imaginary.astype(np.int64)
