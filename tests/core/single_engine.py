"""The pure engine with every float it returns rounded to float32, as a board's own floats are.

NumPy keeps float32 where it meets Python's floats, so what follows from them is float32 as well.
"""

from array import array

import numpy as np
from judder_core import numeric


def single(value):
    """Return value with its floats as numpy.float32; whole numbers and buffers of them stay."""
    if isinstance(value, float):
        return np.float32(value)
    if isinstance(value, list) or (isinstance(value, array) and value.typecode == "d"):
        return [single(item) for item in value]
    return value


def __getattr__(name):
    operation = getattr(numeric, name)
    return lambda *operands: single(operation(*operands))
