"""The engine of a server's judges: the features of one window, by NumPy where they meet a matrix.

Of judder_core.numeric it has what is asked of features; they are measured before, of many windows at a time,
by numeric_numpy.
"""

import math
import sys
from array import array
from collections.abc import Sequence
from functools import lru_cache
from types import ModuleType

import numpy as np
from judder_core.autoencoder import Layer
from judder_core.axes import choose as choose
from judder_core.axes import maximum as maximum
from judder_core.axes import minimum as minimum
from judder_core.axes import square_root as square_root
from judder_core.mahalanobis import Metric
from judder_core.numeric import vector as vector
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Row = Sequence[float] | Floats
MOST_MATRICES = 1024
"""Kept as NumPy has them: 6 kB each for 27 features."""


def residual(measured: Row, mean: Row) -> "array[float]":
    gaps = np.subtract(measured, mean, dtype=float)
    return array("f", gaps.astype(np.float32).tobytes())


def whitened(residual: Row, metric: Metric) -> Floats:
    z: Floats = np.asarray(residual, float).dot(_matrix(metric))
    return z


def length(z: Row) -> float:
    row = np.asarray(z, float)
    return math.sqrt(row.dot(row))


def average(rows: "array[float]", to: "array[float]") -> None:
    """Set to, see judder_core.numeric."""
    table = np.frombuffer(rows, np.float32).reshape(-1, len(to))
    np.divide(table.sum(0, float), len(table), out=np.frombuffer(to, np.float32), casting="unsafe")


def network() -> ModuleType:
    """Return what runs a network: cut_off, dense and gap, below."""
    return sys.modules[__name__]


def cut_off(z: Row, limit: float) -> Floats:
    return np.asarray(np.clip(np.asarray(z, float), -limit, limit))


def dense(values: Row, layer: Layer) -> Floats:
    weights, bias = _weights(layer)
    output: Floats = weights.dot(np.asarray(values, float)) + bias
    return np.asarray(np.maximum(output, 0.0) if layer.relu else output)


def gap(z: Row, reconstruction: Row) -> float:
    return length(np.subtract(z, reconstruction))


@lru_cache(maxsize=MOST_MATRICES)
def _matrix(metric: Metric) -> Floats:
    """Return what a residual is multiplied with: stretch, whitening and scales in one."""
    size = len(metric.scales)
    matrix = np.zeros((size, size))
    columns, rows = np.tril_indices(size)  # packed column by column
    matrix[rows, columns] = np.asarray(metric.whitening, float)
    stretch = np.ones(size) if metric.stretch is None else np.asarray(metric.stretch, float)
    return np.asarray(stretch[:, np.newaxis] * matrix * np.asarray(metric.scales, float))


@lru_cache(maxsize=MOST_MATRICES)
def _weights(layer: Layer) -> tuple[Floats, Floats]:
    """Return the weights of a layer, (outputs, inputs), as they count, and its bias."""
    bias = np.asarray(layer.bias, float)
    return np.asarray(layer.weights, float).reshape(len(bias), -1) * layer.scale, bias
