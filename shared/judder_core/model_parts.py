"""What the kinds of detector in a model file have in common: arrays as text, and operating modes."""

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
    """Give detector the operating modes in parameters, of size features: a list of {name, mean: size floats,
    whitening: size * (size + 1) / 2 floats}. This is all that a Mahalanobis detector has.
    """
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
