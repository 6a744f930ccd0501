"""The spectrum of the native engine."""

from array import array

from judder_core.spectrum import Transform

from . import kernels_spectrum as kernels
from .blocks import whole

_parts = array("i", [0, 0])


class NativeTransform(Transform):
    """The same to the bit; powers from 2^30 on come as floats."""

    def _peak(self, numeric, values):
        counts = values.counts
        return kernels.peak(counts, values.k, len(counts), values.shift, self._hann)

    def _window(self, to, values, shift):
        kernels.clear(to, self.size)
        if values is not None:
            counts = values.counts
            kernels.weigh(counts, values.k, len(counts), values.shift, self._hann, shift, to, self.size)

    def _transform(self, real, imaginary):
        kernels.transform(real, imaginary, self._cosine, self.size)

    def _split(self, real, imaginary, alone):
        kernels.split(real, imaginary, self.size, alone)

    def weighted(self, pairs, triangles, band):
        _parts[0] = _parts[1] = 0
        for one, other in pairs:
            kernels.weighted(one, other, self.size, triangles.rises, triangles.marks, band, _parts)
        return whole(_parts, 0, 2)

    def _power(self, start, stop):
        kernels.power(self._real, self._imaginary, self.size, start, stop, _parts)
        return whole(_parts, 0, 2)
