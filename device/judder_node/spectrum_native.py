"""The spectrum of the native engine."""

from array import array

from judder_core.spectrum import Transform

from . import kernels_spectrum as kernels
from .blocks import whole

_parts = array("i", [0, 0])


class NativeTransform(Transform):
    """The same to the bit; powers from 2^30 on come as floats."""

    def _peak(self, numeric, values, rest):
        counts = values.counts
        return kernels.peak(counts, values.k, len(counts), values.shift, rest, self._hann)

    def _window(self, to, values, rest, shift):
        kernels.clear(to, self.size)
        if len(values):
            counts = values.counts
            kernels.weigh(counts, values.k, len(counts), values.shift, rest, self._hann, shift, to, self.size)

    def _transform(self, real, imaginary):
        kernels.transform(real, imaginary, self._cosine, self.size)

    def energy(self, transformed, start, stop):
        kernels.power(transformed[0], transformed[1], self.size, start, stop, _parts)
        return whole(_parts, 0, 2)

    def split(self, transformed, alone):
        kernels.split(transformed[0], transformed[1], self.size, alone)
        return transformed

    def weighted(self, pairs, triangles, band):
        _parts[0] = _parts[1] = 0
        for one, other in pairs:
            kernels.weighted(one, other, self.size, triangles[0], triangles[1], band, _parts)
        return whole(_parts, 0, 2)
