"""An autoencoder as a model file holds it."""

import math

from .autoencoder import Layer
from .errors import ModelError
from .model_parts import add_modes, decode_array, decode_floats


def add_network(detector, parameters, size, earlier, numeric):
    """Give detector what parameters hold of it: modes, or modes_of: the number of an earlier detector that
    has the same; limit; gain; layers: a list of {weights: outputs * inputs int8, scale, bias: outputs floats,
    activation: "relu" or "linear"}, size inputs first, size outputs last.
    """
    if "modes_of" in parameters:
        number = parameters["modes_of"]
        detector.modes = earlier[number].modes if 0 <= number < len(earlier) else ()
        if not detector.modes or len(detector.modes[0][1]) != size:
            raise ModelError(
                "Model has an autoencoder whose modes are nobody's, or of other features.", "Train it again."
            )
    else:
        add_modes(detector, parameters, size, earlier, numeric)
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
