"""The kinds of detector, and how each is made of the "parameters" that a model file has for it.

n is the number of its features:

    mahalanobis   modes: a list of {name, mean: n floats, whitening: n * (n + 1) / 2 floats}
    autoencoder   modes, as above, or modes_of: the number of an earlier detector that has the same; limit;
                  gain; layers: a list of {weights: outputs * inputs int8, scale, bias: outputs floats,
                  activation: "relu" or "linear"}, n inputs first, n outputs last
"""

import binascii
import math
from array import array

from .errors import ModelError


def decode_floats(text, length=None):
    """Return the array of floats in text. Raises ModelError unless they are finite, and `length` many.

    >>> list(decode_floats("AACAPwAAAMA=", 2))
    [1.0, -2.0]
    """
    values = decode_array("f", text)
    if length is not None and len(values) != length:
        raise ModelError(
            "Model has an array of %d floats where %d belong." % (len(values), length), "Train it again."
        )
    for value in values:
        if not math.isfinite(value):
            raise ModelError("Model has a %r among its floats." % value, "Train it again.")
    return values


def decode_array(typecode, text):
    try:
        return array(typecode, binascii.a2b_base64(text.encode()))
    except (ValueError, TypeError, AttributeError):
        raise ModelError("Model has %r where base64 belongs." % (text,), "Copy the file again.")


def add_modes(detector, parameters, size, earlier, numeric):
    detector.modes = [
        (
            mode["name"],
            numeric.coefficients(decode_floats(mode.pop("mean"), size)),
            numeric.coefficients(decode_floats(mode.pop("whitening"), size * (size + 1) // 2)),
        )
        for mode in parameters["modes"]
    ]
    if not detector.modes:
        raise ModelError("Model has no operating mode.", "Train it again.")
