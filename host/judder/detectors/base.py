"""What every detector offers to training and evaluation."""

from typing import Any, Protocol, Self

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Names = NDArray[np.str_]


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

    def parameters(self) -> dict[str, Any]:
        """Return what a model artefact keeps: features {mean, std}, parameters, and training for some."""
        ...
