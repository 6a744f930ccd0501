"""Proof that an autoencoder lives: that its output follows its input. The reference's three did not."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from judder_core import autoencoder
from judder_core.autoencoder import Layer

from judder.detectors.base import Floats
from judder.engine import numeric_numpy

LEAST_CORRELATION = 0.5
"""An ideal one without noise has 1; one whose output is constant has 0. Seen: .75 to .99."""
MOST_OF_MEAN = 0.9
"""Of the error of predicting the mean. An ideal one of a Gaussian mode, under as much noise, has .5."""
LEAST_VARIATION = 0.01


@dataclass(frozen=True)
class Proof:
    """correlation: of outputs with inputs, each about its mean, on windows held out. dead: hidden units that
    hardly vary, numbered from 0. error: mean square on noisy windows held out; mean_error: that of predicting
    the mean of the windows fitted.
    """

    correlation: float
    dead: list[int]
    error: float
    mean_error: float

    def complaint(self) -> str | None:
        """Return what is wrong, or None."""
        if not self.correlation >= LEAST_CORRELATION:
            return (
                f"its output correlates with its input by {self.correlation:.2f}, at least"
                f" {LEAST_CORRELATION} is asked"
            )
        if self.dead:
            return f"hidden unit {self.dead[0]} does not vary, nor do {len(self.dead) - 1} others"
        if not self.error <= MOST_OF_MEAN * self.mean_error:
            return (
                f"its error is {self.error:.2f} on windows held out, that of predicting the mean"
                f" {self.mean_error:.2f}"
            )
        return None

    def to_dict(self) -> dict[str, float]:
        return {"correlation": self.correlation, "error": self.error, "mean_error": self.mean_error}


def examine(layers: Sequence[Layer], fitted: Floats, held_out: Floats, noisy: Floats) -> Proof:
    """Return the Proof of layers. All (n, inputs), whitened; noisy: held_out with the noise of training."""
    output, wanted = (rows - rows.mean(axis=0) for rows in (_run(layers, held_out), held_out))
    hidden = [_run(layers[: k + 1], noisy) for k in range(len(layers) - 1)]
    variation = np.concatenate([units.std(axis=0) for units in hidden]) if hidden else np.ones(0)
    flat = min(output.std(), wanted.std()) < 1e-9
    return Proof(
        correlation=0.0 if flat else float(np.corrcoef(output.ravel(), wanted.ravel())[0, 1]),
        dead=np.flatnonzero(variation < LEAST_VARIATION).tolist(),
        error=float(np.mean((_run(layers, noisy) - held_out) ** 2)),
        mean_error=float(np.mean((fitted.mean(axis=0) - held_out) ** 2)),
    )


def _run(layers: Sequence[Layer], rows: Floats) -> Floats:
    return np.stack(autoencoder.reconstruct(list(rows.T), layers, numeric_numpy), axis=-1)
