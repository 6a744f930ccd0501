"""An autoencoder's network as the sketch takes it, and how far a board may round otherwise."""

from dataclasses import dataclass

import numpy as np
from judder_core import autoencoder
from numpy.typing import NDArray

from judder.errors import JudderError
from judder.export.operators import refuse_unknown
from judder.export.tflite import WINDOWS
from judder.model.files import representative
from judder.model.runtimes import arena_bytes, run_tflm

Floats = NDArray[np.float64]

KNOWN = {"FULLY_CONNECTED"}
"""The operators that the sketch's resolver has: autoencoder.cpp adds them."""
UNSURE = 0.02
"""Of a step of int8: how far a board's whitened features may be from the host's."""


@dataclass(frozen=True)
class Network:
    """A detector's .tflite, and the memory that TFLM takes for it. limit, gain: of its score."""

    tflite: bytes
    arena_bytes: int
    limit: float
    gain: float
    operators: tuple[str, ...] = ("FULLY_CONNECTED",)


def prepare(detector: autoencoder.Network, float32: bool) -> Network:
    """Return the network of an autoencoder as int8, or float32. From now on TFLM runs it for detector.

    Raises JudderError where TensorFlow or TFLM is absent, or the sketch lacks an operator.
    """
    from judder.detectors.tensorflow import keras_of, to_tflite

    layers: tuple[autoencoder.Layer, ...] = detector.layers
    rows = None if float32 else representative(WINDOWS, len(layers[-1].bias), detector.limit)
    data = to_tflite(keras_of(layers), rows)
    operators = refuse_unknown(data)
    if not KNOWN.issuperset(operators):
        raise JudderError(
            f"The network needs {', '.join(operators)}; the sketch has {', '.join(KNOWN)} only.",
            hint="Train it again: judder train --detector autoencoder",
        )

    def reconstruct(_: object, z: list[float]) -> list[float]:
        return list(_run(data, detector.limit, np.array([z]))[0])

    detector.reconstruct = reconstruct  # type: ignore[method-assign]
    return Network(data, arena_bytes(data), detector.limit, detector.gain, tuple(operators))


def spread(network: Network, z: Floats) -> float:
    """Return by which part of it a board's score of whitened features z may be off: by an int8 network, since
    the board may round an input otherwise.

    0 unless an input lies so nearly between two steps that float32 decides.
    """
    away = UNSURE * 2 * network.limit / 255 * np.eye(len(z))
    rows = np.concatenate([[z], z + away, z - away])
    taken_away = np.linalg.norm(z - _run(network.tflite, network.limit, rows), axis=1)
    gaps = np.abs(taken_away[1:] - taken_away[0]).reshape(2, -1)
    return float(gaps.max(axis=0).sum() / taken_away[0])


def _run(data: bytes, limit: float, rows: Floats) -> Floats:
    return run_tflm(data, np.clip(rows, -limit, limit))
