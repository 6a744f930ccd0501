"""The NumPy engine of the numeric interface (see judder_core.numeric): many windows in one go.

counts: (n, window_len, 3), whole numbers. `values`: (n, window_len) float64, exact for them. Scalars: (n,).
"""

from array import array

import numpy as np
from judder_core.turning import turning as turning
from numpy.typing import NDArray

from judder.engine.integer_fft_numpy import NumpyTransform

transform = NumpyTransform

Array = NDArray[np.generic]
Floats = NDArray[np.float64]


def batch(counts: object) -> Array:
    """Return one window's interleaved counts as a batch of one."""
    return np.asarray(counts).reshape(1, -1, 3)


def sums(counts: Array, k: int, parts: int) -> list[Floats]:
    size = counts.shape[1] // parts
    return list(counts[:, : parts * size, k].reshape(len(counts), parts, size).sum(axis=2).astype(float).T)


def axis(counts: Array, k: int) -> Floats:
    return counts[..., k].astype(np.float64)


def median_x2(values: Floats) -> Floats:
    return 2.0 * np.median(values, axis=-1)


def median_gap_x4(values: Floats, twice: Floats) -> Floats:
    return median_x2(np.abs(2.0 * values - twice[:, np.newaxis]))


def total(values: Floats) -> Floats:
    return np.asarray(values.sum(axis=-1))


def minus(values: Floats, number: Floats) -> Floats:
    return values - number[:, np.newaxis]


def nearest(scalar: Floats) -> Floats:
    return np.floor(scalar + 0.5)


def dot(a: Floats, b: Floats) -> Floats:
    return np.asarray(np.einsum("ij,ij->i", a, b))


def moments(values: Floats) -> tuple[Floats, Floats, Floats]:
    squares = values * values
    return squares.sum(axis=-1), dot(squares, values), dot(squares, squares)


def squared_steps(values: Floats) -> Floats:
    steps = np.diff(values, axis=-1)
    return dot(steps, steps)


def extent(values: Floats) -> Floats:
    return np.asarray(np.ptp(values, axis=-1))


def crossings(values: Floats, level: Floats) -> Floats:
    above = values > level[:, np.newaxis]
    return np.asarray((above[:, 1:] != above[:, :-1]).sum(axis=-1), np.float64)


def integers(values: Floats) -> NDArray[np.int64]:
    return values.astype(np.int64).T.copy()


def vector(scalars: list[Floats]) -> list[Floats]:
    return scalars


def coefficients(floats: Floats) -> Floats:
    return floats


def residual(measured: list[Floats], mean: Floats) -> list[Floats]:
    """Return measured - mean, rounded to float32 as boards keep it."""
    gaps = [value - centre for value, centre in zip(measured, mean, strict=True)]
    return [np.asarray(gap).astype(np.float32).astype(float) for gap in gaps]


def average(rows: "array[float]", to: "array[float]") -> None:
    """Set to, of one machine, see judder_core.numeric."""
    np.frombuffer(to, np.float32)[:] = np.frombuffer(rows, np.float32).reshape(-1, len(to)).mean(0, float)


def choose(which: NDArray[np.bool_], a: Array, b: Array) -> Array:
    return np.where(which, a, b)


def minimum(a: Floats, b: Floats) -> Floats:
    return np.minimum(a, b)


def maximum(a: Floats, b: Floats) -> Floats:
    return np.maximum(a, b)


def square_root(a: Floats) -> Floats:
    return np.sqrt(a)


def logarithm(a: Floats) -> Floats:
    return np.log(a)
