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

from .autoencoder import Layer
from .errors import ModelError
from .model import AutoencoderDetector, MahalanobisDetector


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
        return array(typecode, binascii.a2b_base64(text))
    except (ValueError, TypeError):
        raise ModelError("Model has %r where base64 belongs." % (text,), "Copy the file again.")


def _add_modes(detector, parameters, size, earlier):
    detector.modes = [
        (
            mode["name"],
            decode_floats(mode.pop("mean"), size),
            decode_floats(mode.pop("whitening"), size * (size + 1) // 2),
        )
        for mode in parameters["modes"]
    ]
    if not detector.modes:
        raise ModelError("Model has no operating mode.", "Train it again.")


def _add_network(detector, parameters, size, earlier):
    if "modes_of" in parameters:
        detector.modes = earlier[parameters["modes_of"]].modes
        if len(detector.modes[0][1]) != size:
            raise ModelError("Model has an autoencoder whose modes are of other features.", "Train it again.")
    else:
        _add_modes(detector, parameters, size, earlier)
    detector.limit = _positive(parameters["limit"])
    detector.gain = _positive(parameters["gain"])
    width = size
    for document in parameters["layers"]:
        layer = _layer(document, width)
        detector.layers += (layer,)
        width = len(layer.bias)
    if not detector.layers or width != size:
        raise ModelError(
            "Model has an autoencoder of %d outputs where its %d features belong." % (width, size),
            "Train it again.",
        )


def _layer(document, inputs):
    weights = decode_array("b", document.pop("weights"))
    bias = decode_floats(document["bias"])
    if not len(bias) or len(weights) != inputs * len(bias):
        raise ModelError(
            "Model has a layer of %d weights where %d inputs times %d outputs belong."
            % (len(weights), inputs, len(bias)),
            "Train it again.",
        )
    if document["activation"] not in ("relu", "linear"):
        raise ModelError(
            "Model has a layer with activation %r; this version knows relu and linear."
            % (document["activation"],),
            "Update Judder on this side.",
        )
    return Layer(weights, _positive(document["scale"]), bias, document["activation"] == "relu")


def _positive(value):
    number = float(value)
    if not (math.isfinite(number) and number > 0):
        raise ModelError("Model has %r where a number above 0 belongs." % (value,), "Train it again.")
    return number


KINDS = {
    "mahalanobis": (MahalanobisDetector, _add_modes),
    "autoencoder": (AutoencoderDetector, _add_network),
}
