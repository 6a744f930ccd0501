"""An autoencoder as a model file holds it."""

import math

from .autoencoder import Layer
from .errors import ModelError
from .model_parts import decode_array, decode_floats


def add_network(detector, parameters, size, numeric):
    """Give detector the network in parameters: limit; gain; layers: a list of {weights: outputs * inputs
    int8, scale, bias: outputs floats, activation: "relu" or "linear"}, size inputs first, size outputs last.
    """
    detector.limit = _positive(parameters["limit"])
    detector.gain = _positive(parameters["gain"])
    width = size
    for document in parameters["layers"]:
        layer = _layer(document, width, numeric)
        detector.layers += (layer,)
        width = len(layer.bias)
    if not detector.layers or width != size:
        raise ModelError(
            "Model has an autoencoder of %d outputs where its %d features belong." % (width, size),
            "Train it again.",
        )


def _layer(document, inputs, numeric):
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
    bias = numeric.coefficients(bias)
    return Layer(weights, _positive(document["scale"]), bias, document["activation"] == "relu")


def _positive(value):
    number = float(value)
    if not (math.isfinite(number) and number > 0):
        raise ModelError("Model has %r where a number above 0 belongs." % (value,), "Train it again.")
    return number
