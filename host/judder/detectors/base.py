"""What every detector offers to training and evaluation."""

from dataclasses import dataclass
from typing import Protocol, Self

import numpy as np
from judder_core.autoencoder import Layer
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Names = NDArray[np.str_]


@dataclass(frozen=True)
class Network:
    """layers, the inputs first; limit, where inputs are cut off; gain, of the score.

    training: the seed it began from, how many were trained beside it, and its proof of life, by name.
    """

    limit: float
    gain: float
    layers: tuple[Layer, ...]
    training: dict[str, float]


@dataclass(frozen=True)
class Learned:
    """All that a fitted detector scores by. mean, std: (n_features,), which standardise the features.

    modes: (name, mean, packed whitening matrix) in standardised units. network: of those kinds that have one.
    """

    mean: Floats
    std: Floats
    modes: list[tuple[str, Floats, Floats]]
    network: Network | None = None


class Detector(Protocol):
    """scikit-learn's shape with PyOD's sign. Learned attributes end in an underscore."""

    kind: str

    def fit(self, features: Floats, operating_modes: Names) -> Self:
        """Learn from the features (n, n_features) of normal windows and the mode (n,) of each.

        The rows of a mode are in the order of time.
        """
        ...

    def fresh(self) -> Self:
        """Return a detector like this one that has learned nothing, for a part of the same windows."""
        ...

    def score(self, features: Floats) -> Floats:
        """Return a score (n,) for each row of features; higher is stranger."""
        ...

    def learned(self) -> Learned:
        """Return what it scores by, for a model file to keep."""
        ...
