"""The array: float32, int16 or bool, at most two axes, and ulab's arithmetic."""

import operator

import numpy as np

UNSIGNED = np.uint16
CODES = {102: np.float32, 104: np.int16, 66: np.bool_}


class ndarray:  # noqa: N801
    """inner: the numpy array that holds the values; views of it share memory, as in ulab."""

    def __init__(self, inner):
        self.inner = inner

    shape = property(lambda self: self.inner.shape)
    size = property(lambda self: self.inner.size)
    T = property(lambda self: ndarray(self.inner.T))
    dtype = property(lambda self: next(code for code in CODES if CODES[code] == self.inner.dtype))

    def transpose(self):
        return self.T

    def reshape(self, shape):
        return ndarray(self.inner.reshape(shape))

    def tolist(self):
        return self.inner.tolist()

    def tobytes(self):
        return self.inner.tobytes()

    def __len__(self):
        return len(self.inner)

    def __iter__(self):
        return (self[k] for k in range(len(self)))

    def __float__(self):
        raise ValueError("invalid syntax for number")

    def __getitem__(self, key):
        if isinstance(key, list):
            return None
        if isinstance(key, ndarray):
            key = key.inner
            if key.ndim > 1:
                raise NotImplementedError("operation is implemented for 1D Boolean arrays only")
        found = self.inner[key]
        if isinstance(found, np.ndarray):
            return ndarray(found)
        return found if isinstance(found, np.float32) else found.item()

    def __setitem__(self, key, value):
        self.inner[key] = getattr(value, "inner", value)

    def __abs__(self):
        return ndarray(abs(self.inner))

    def __neg__(self):
        return ndarray(-self.inner)

    def __eq__(self, other):
        return True if other is self else _compare(operator.eq, self, other)

    __hash__ = None

    def __gt__(self, other):
        return _compare(operator.gt, self, other)

    def __lt__(self, other):
        return _compare(operator.gt, other, self)

    def __ge__(self, other):
        return _compare(operator.ge, self, other)

    def __le__(self, other):
        return _compare(operator.ge, other, self)

    def __xor__(self, other):
        return ndarray(self.inner ^ other.inner)

    def __add__(self, other):
        return _calculate(operator.add, self, other)

    __radd__ = __add__

    def __mul__(self, other):
        return _calculate(operator.mul, self, other)

    __rmul__ = __mul__

    def __sub__(self, other):
        return _calculate(operator.sub, self, other)

    def __rsub__(self, other):
        return _calculate(operator.sub, other, self)

    def __truediv__(self, other):
        return _calculate(_divide, self, other)

    def __rtruediv__(self, other):
        return _calculate(_divide, other, self)

    def __iadd__(self, other):
        self.inner += getattr(other, "inner", other)
        return self


def _calculate(operation, a, b):
    left, right = _operands(a, b, unsigned=operation is operator.sub)
    with np.errstate(all="ignore"):
        return ndarray(np.asarray(operation(left, right)))


def _compare(operation, a, b):
    left, right = _operands(a, b, unsigned=operation is not operator.eq)
    return ndarray(np.asarray(operation(left, right)))


def _operands(a, b, unsigned):
    """Return both as numpy arrays of one type.

    unsigned: this operation, of int16 on the left and floats on the right, takes the int16 as unsigned.
    """
    left, right = _operand(a), _operand(b)
    if left.dtype == right.dtype:
        return left, right
    if np.bool_ in (left.dtype, right.dtype):
        raise NotImplementedError("nobody asked the real ulab")
    if unsigned and left.dtype == np.int16:
        left = left.view(UNSIGNED)
    return left.astype(np.float32), right.astype(np.float32)


def _operand(value):
    """Whole numbers of 16 bits become int16, which wraps; all others float."""
    if isinstance(value, ndarray):
        return value.inner
    if isinstance(value, int) and -(2**15) <= value < 2**16:
        return np.array(value).astype(np.int16)
    return np.asarray(value, np.float32)


def _divide(left, right):
    """int16 by int16 is divided as C does, and the quotient made a float."""
    if left.dtype == np.int16:
        return np.trunc(left / right).astype(np.float32)
    return left / right
