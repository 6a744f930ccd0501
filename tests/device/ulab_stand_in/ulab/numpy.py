"""The functions. Scalars come out as numpy.float32: a board's floats are no wider."""

import numpy as _np

from ._ndarray import CODES, UNSIGNED, ndarray

int16, bool, float = 104, 66, 102
pi, inf, nan = _np.float32(_np.pi), _np.float32(_np.inf), _np.float32(_np.nan)


def array(values, dtype=float):
    plain = values.tolist() if hasattr(values, "tolist") else values
    return ndarray(_np.array(plain, dtype=CODES[dtype]))


def frombuffer(buffer, dtype=float):
    return ndarray(_np.frombuffer(buffer, dtype=CODES[dtype]))


def zeros(shape, dtype=float):
    return ndarray(_np.zeros(shape, dtype=CODES[dtype]))


def ones(shape, dtype=float):
    return ndarray(_np.ones(shape, dtype=CODES[dtype]))


def median(values, axis=None):
    """Sorts int16 as if it were unsigned."""
    inner = _inner(values, "median")
    keys = inner.view(UNSIGNED) if inner.dtype == _np.int16 else inner
    ranked = _np.sort(keys, axis=axis).view(inner.dtype)
    ranked = ranked if axis is None else _np.moveaxis(ranked, axis, 0)
    middle = len(ranked) // 2
    low = ranked[middle - 1 + len(ranked) % 2].astype(_np.float32)
    return _out((low + ranked[middle].astype(_np.float32)) / _np.float32(2))


def mean(values, axis=None, keepdims=False):
    found = _running(_inner(values, "mean"), axis)[0]
    return _out(_np.expand_dims(found, axis) if keepdims else found)


def std(values, ddof=0):
    inner = _inner(values, "std")
    _, squares = _running(inner, None)
    return _out(_np.sqrt(squares / _np.float32(inner.size - ddof)))


def sum(values, axis=None):
    """The running mean times the number: of floats it is inexact even where they are whole numbers."""
    inner = _inner(values, "sum")
    number = inner.size if axis is None else inner.shape[axis]
    total = _running(inner, axis)[0] * _np.float32(number)
    return _out(total) if inner.dtype == _np.float32 else int(_np.rint(total))


def _running(inner, axis):
    """Return the mean and the sum of squared deviations, by Welford's steps in float32."""
    average = squares = _np.float32(0)
    for count, value in enumerate(inner.ravel() if axis is None else _np.moveaxis(inner, axis, 0), 1):
        before, value = average, _np.asarray(value, _np.float32)
        average = before + (value - before) / _np.float32(count)
        squares = squares + (value - before) * (value - average)
    return average, squares


def max(values, axis=None):
    return _out(_inner(values, "max").max(axis=axis))


def min(values, axis=None):
    return _out(_inner(values, "min").min(axis=axis))


def dot(a, b):
    """Adds the products up one after the other, in float32."""
    left, right = _inner(a, "dot").astype(_np.float32), _inner(b, "dot").astype(_np.float32)
    flat = right.ndim == 1
    products = left * right if flat else left[:, :, _np.newaxis] * right
    axis = -1 if flat else 1
    return _out(_np.cumsum(products, axis=axis, dtype=_np.float32).take(-1, axis))


def maximum(a, b):
    return _pairwise(_np.maximum, a, b)


def minimum(a, b):
    return _pairwise(_np.minimum, a, b)


def sqrt(values, out=None):
    return _each(_np.sqrt, values, out)


def exp(values, out=None):
    return _each(_np.exp, values, out)


def tanh(values, out=None):
    return _each(_np.tanh, values, out)


def _inner(values, name):
    if not isinstance(values, ndarray):
        raise TypeError(f"{name} argument must be an ndarray")
    return values.inner


def _out(found):
    """Return found as ulab gives it: an array, a float or an int."""
    if _np.ndim(found):
        return ndarray(found)
    return _np.float32(found) if found.dtype.kind == "f" else int(found)


def _pairwise(function, a, b):
    left, right = (_np.asarray(getattr(x, "inner", x), _np.float32) for x in (a, b))
    return ndarray(function(left, right))


def _each(function, values, out):
    found = function(_inner(values, function.__name__).astype(_np.float32))
    if out is None:
        return ndarray(found)
    out.inner[...] = found
    return out
