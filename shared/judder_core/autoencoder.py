"""A dense autoencoder that was trained to take noise away, run without any library.

It sees whitened features z (see mahalanobis), each cut off at +-limit, and gives back what z most likely was
before Gaussian noise of deviation s came to it. What it takes away, z less the reconstruction, grows with the
distance from where normal windows lie dense; for a Gaussian mode it is s^2 / (1 + s^2) times z. Times gain,
the inverse of that, its length is the Mahalanobis distance there, and follows the shape of any other normal.
z itself is not cut off, so that the score of anything far outside grows with its distance.
Source: Alain & Bengio 2014, What regularized auto-encoders learn from the data-generating distribution.
"""

from . import mahalanobis
from .model import Detector

KIND = "autoencoder"


class Layer:
    """weights: int8, outputs rows of inputs columns, each times scale; bias: outputs floats; relu: or linear.

    Whole numbers take a quarter of the room, and are what an int8 .tflite holds to the bit.
    """

    def __init__(self, weights, scale, bias, relu):
        self.weights = weights
        self.scale = scale
        self.bias = bias
        self.relu = relu


class Network:
    """What autoencoders of each version have. layers, limit, gain: see this module."""

    layers = ()
    limit = 0.0
    gain = 1.0

    def taken_away(self, numeric, z):
        """Return gain * |z - reconstruction|."""
        return distance(z, self.reconstruct(numeric, z), self.gain, numeric)

    def reconstruct(self, numeric, z):
        """Return the reconstruction of whitened features z; another runtime of the network may stand in."""
        return reconstruct(cut_off(z, self.limit, numeric), self.layers, numeric)


class AutoencoderDetector(Network, Detector):
    """Every distance is multiplied by what the network makes of the one under the first metric: by the share
    of z that it takes away, times gain. 1 where normal windows are Gaussian.
    """

    kind = KIND

    def factor(self, numeric, residual, mode):
        z = mahalanobis.whitened(residual, mode.metrics[0], numeric)
        away = mahalanobis.length(z, numeric)
        return self.taken_away(numeric, z) / numeric.choose(away > 0, away, 1.0)


def distance(z, reconstruction, gain, numeric):
    """Return gain * |z - reconstruction|: higher is stranger."""
    if hasattr(numeric, "network"):
        return numeric.network().gap(z, reconstruction) * gain
    gaps = numeric.vector([z[i] - reconstruction[i] for i in range(len(z))])
    return mahalanobis.length(gaps, numeric) * gain


def cut_off(z, limit, numeric):
    """Return z, each value between -limit and limit.

    >>> from judder_core import numeric
    >>> list(cut_off([-9.0, 0.5], 8.0, numeric))
    [-8.0, 0.5]
    """
    if hasattr(numeric, "network"):
        return numeric.network().cut_off(z, limit)
    return numeric.vector([numeric.minimum(numeric.maximum(value, -limit), limit) for value in z])


def reconstruct(z, layers, numeric):
    """Return what the layers make of z, a vector of n numbers (NumPy: of arrays, one per window).

    >>> from judder_core import numeric
    >>> hidden = Layer([2, -2], 0.5, [0.0, 0.0], True)
    >>> list(reconstruct([3.0], [hidden, Layer([4, -4], 0.25, [0.5], False)], numeric))
    [3.5]
    """
    values = z
    for layer in layers:
        values = dense(values, layer, numeric)
    return values


def dense(values, layer, numeric):
    """Return the outputs of layer for values, its inputs."""
    if hasattr(numeric, "network"):
        return numeric.network().dense(values, layer)
    weights = layer.weights
    result = []
    position = 0
    for bias in layer.bias:
        total = 0.0
        for value in values:
            total = total + value * weights[position]
            position += 1
        output = total * layer.scale + bias
        result.append(numeric.maximum(output, 0.0) if layer.relu else output)
    return numeric.vector(result)
