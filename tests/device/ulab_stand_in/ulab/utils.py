"""Buffers of whole numbers to arrays of floats."""

import numpy as _np


def from_int16_buffer(buffer, out):
    """Fill out, which must be as long. The real one takes more arguments, which nobody here gives."""
    out.inner[...] = _np.frombuffer(buffer, _np.int16)
    return out
