"""The NumPy engine of the numeric interface (see judder_core.numeric): many windows in one go.

counts: (n, window_len, 3), int16 or float32. `values`: (n, window_len). Scalars: (n,).
"""

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.generic]
Floats = NDArray[np.float64]


def batch(counts: object) -> Array:
    """Return one window's interleaved counts as a batch of one."""
    return np.asarray(counts).reshape(1, -1, 3)


def axis(counts: Array, k: int) -> Floats:
    return counts[..., k].astype(np.float64)  # exact for int16


def median_x2(values: Floats) -> Floats:
    return 2.0 * np.median(values, axis=-1)


def gap_x2(values: Floats, twice: Floats) -> Floats:
    return np.abs(2.0 * values - twice[:, np.newaxis])


def minimum(a: Floats, b: Floats) -> Floats:
    return np.minimum(a, b)


def square_root(a: Floats) -> Floats:
    return np.sqrt(a)
