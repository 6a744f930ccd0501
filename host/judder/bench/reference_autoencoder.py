"""The reference's autoencoder, its method written anew: what ours is measured against.

Three raw MADs through two hidden units and back: Dense(2, relu), Dropout(0.2), Dense(3, relu), Adam at 1e-3,
mean squared error, 50 epochs in batches of 100, nothing scaled. The score is the mean squared error.
"""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

UNITS, DROPOUT, EPOCHS, BATCH = 2, 0.2, 50, 100


class ReferenceAutoencoder:
    """scikit-learn's shape; layers_ holds kernel, bias, kernel, bias."""

    def __init__(self, seed: int) -> None:
        self._rng = np.random.default_rng(seed)

    def fit(self, mads: Floats) -> "ReferenceAutoencoder":
        width = mads.shape[1]
        self.layers_ = [
            self._glorot(width, UNITS),
            np.zeros(UNITS),
            self._glorot(UNITS, width),
            np.zeros(width),
        ]
        adam = _Adam(self.layers_)
        for _ in range(EPOCHS):
            order = self._rng.permutation(len(mads))
            for start in range(0, len(order), BATCH):
                adam.step(self.layers_, self._gradients(mads[order[start : start + BATCH]]))
        return self

    def score(self, mads: Floats) -> Floats:
        kernel, bias, other, last = self.layers_
        hidden = np.maximum(mads @ kernel + bias, 0)
        output = np.maximum(hidden @ other + last, 0)
        return np.asarray(((output - mads) ** 2).mean(axis=1))

    def _glorot(self, inputs: int, outputs: int) -> Floats:
        limit = np.sqrt(6 / (inputs + outputs))
        return self._rng.uniform(-limit, limit, (inputs, outputs))

    def _gradients(self, rows: Floats) -> list[Floats]:
        kernel, bias, other, last = self.layers_
        before = rows @ kernel + bias
        kept = (self._rng.uniform(size=before.shape) >= DROPOUT) / (1 - DROPOUT)
        hidden = np.maximum(before, 0) * kept
        ahead = hidden @ other + last
        gap = 2 * (np.maximum(ahead, 0) - rows) / rows.size * (ahead > 0)
        back = gap @ other.T * kept * (before > 0)
        return [rows.T @ back, back.sum(axis=0), hidden.T @ gap, gap.sum(axis=0)]


class _Adam:
    """Kingma & Ba 2015, with Keras's constants."""

    def __init__(self, values: list[Floats], rate: float = 1e-3) -> None:
        self._rate, self._steps = rate, 0
        self._mean = [np.zeros_like(value) for value in values]
        self._square = [np.zeros_like(value) for value in values]

    def step(self, values: list[Floats], gradients: list[Floats]) -> None:
        self._steps += 1
        rate = self._rate * np.sqrt(1 - 0.999**self._steps) / (1 - 0.9**self._steps)
        for value, gradient, mean, square in zip(values, gradients, self._mean, self._square, strict=True):
            mean += 0.1 * (gradient - mean)
            square += 0.001 * (gradient**2 - square)
            value -= rate * mean / (np.sqrt(square) + 1e-7)
