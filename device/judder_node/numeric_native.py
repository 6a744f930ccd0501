"""The native engine of the numeric interface (see judder_core.numeric): kernels over the counts, no garbage.

An axis stays what it is in the pure engine, a view of the counts; what a kernel does not take goes to the
pure engine. Raises SyntaxError on import where the firmware has no native emitter.
"""

from array import array

from judder_core.axes import (  # noqa: F401  the engine's
    axis,
    batch,
    choose,
    integers,
    logarithm,
    maximum,
    minimum,
    minus,
    nearest,
    square_root,
)
from judder_core.window import AXES

from . import kernels
from .blocks import (  # noqa: F401  likewise
    average,
    coefficients,
    formula,
    length,
    residual,
    vector,
    whitened,
    whole,
)

_parts = array("i", bytes(8))  # of a sum, the first 2^15 times the second


def sums(counts, k, parts):
    size = len(counts) // AXES // parts * AXES
    return [kernels.total(counts, part * size + k, (part + 1) * size, 0) for part in range(parts)]


def median_x2(values):
    return kernels.median_x2(values.counts, values.k, len(values.counts), 2 * values.shift, 0) // 2


def median_gap_x4(values, twice):
    return kernels.median_x2(values.counts, values.k, len(values.counts), twice + 2 * values.shift, 1)


def total(values):
    return kernels.total(values.counts, values.k, len(values.counts), values.shift)


def dot(a, b):
    stop = len(a.counts)
    if kernels.dot(a.counts, a.k, a.shift, b.counts, b.k, b.shift, stop, _parts):
        return formula().dot(a, b)
    return whole(_parts, 0, 2)


def statistics():
    """Return the module of what the feature set `statistics` takes; a board without it does without."""
    from . import statistics_native

    return statistics_native


def network():
    """Return the module of what an autoencoder takes; a board without one does without."""
    from . import network

    return network


def version_1():
    """Return the module of what a model of version 1 takes; a board with a newer one does without."""
    from . import blocks_v1

    return blocks_v1


def transform(window_len):
    from .spectrum_native import NativeTransform  # a board without a spectrum does without

    return NativeTransform(window_len)


def turning(rotation):
    from .turning_native import turning  # likewise

    return turning(rotation)
