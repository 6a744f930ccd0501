"""What a detector learns from normal windows, and by what it scores."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol, Self

import numpy as np
from judder_core.autoencoder import Layer
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Names = NDArray[np.str_]
Whole = NDArray[np.int64]


@dataclass(frozen=True)
class Metric:
    """Distances of the mean residual of `windows` windows, for a level: judder_core.decision's number."""

    level: int
    windows: int


@dataclass(frozen=True)
class Rows:
    """The features (n, n_features) of normal windows, in the order of time within each mode and session.

    mode, session: the names (n,) of what each window is of. A session is one recording, or what several
    boards recorded at once. changes: what turns of the sensor and other speeds add to the covariance of each
    mode's mean, by its name; a mode that is missing is as if it were blind to them.
    """

    features: Floats
    mode: Names
    session: Names
    changes: Mapping[str, Floats] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.features)

    def select(self, which: NDArray[np.bool_]) -> Self:
        return type(self)(self.features[which], self.mode[which], self.session[which], self.changes)

    def stretches(self) -> dict[tuple[str, str], Whole]:
        """Return the indices of each mode's windows in each session."""
        pairs = dict.fromkeys(zip(self.mode.tolist(), self.session.tolist(), strict=True))
        return {(m, s): np.flatnonzero((self.mode == m) & (self.session == s)) for m, s in pairs}


class Baseline(Protocol):
    """Where the modes lie and how far from them is far. Learned attributes end in an underscore.

    names_: of the modes; means_: (modes, n_features). windows_, sessions_: of how many each was learned.
    """

    names_: list[str]
    means_: Floats
    windows_: list[int]
    sessions_: list[int]

    def fit(self, rows: Rows) -> Self:
        """Learn from normal windows."""
        ...

    def fresh(self) -> Self:
        """Return one like this that has learned nothing, for a part of the same windows."""
        ...

    def whitening(self, metric: Metric) -> list[Floats]:
        """Return for each mode W (n_features, n_features), whose distance of a residual r is |r @ W|."""
        ...


@dataclass(frozen=True)
class Network:
    """layers, the inputs first; limit, where inputs are cut off; gain, of the score.

    training: the seed it began from, how many were trained beside it, and its proof of life, by name.
    """

    limit: float
    gain: float
    layers: tuple[Layer, ...]
    training: dict[str, float]


class Weigher(Protocol):
    """What multiplies a distance: the share of a whitened residual that is strange to it."""

    kind: str

    def fit(self, whitened: Floats, modes: Names) -> Self:
        """Learn from whitened residuals (n, n_features) of single normal windows, of these modes (n,)."""
        ...

    def fresh(self) -> Self:
        """Return one like this that has learned nothing, for a part of the same windows."""
        ...

    def factor(self, whitened: Floats) -> Floats:
        """Return a factor (n,) for each whitened residual (n, n_features)."""
        ...

    def network(self) -> Network | None:
        """Return what a model file keeps of it."""
        ...


def nearest(baseline: Baseline, features: Floats, whitening: Sequence[Floats]) -> tuple[Whole, Floats]:
    """Return (mode (n,), distance (n,)) of windows: the number of the nearest mode, and how far it is."""
    distances = np.array(
        [
            np.linalg.norm((features - mean) @ w, axis=1)
            for mean, w in zip(baseline.means_, whitening, strict=True)
        ]
    )
    mode = distances.argmin(axis=0)
    return mode, distances[mode, np.arange(len(features))]


def whitened(residual: Floats, mode: Whole, whitening: Sequence[Floats]) -> Floats:
    """Return residuals (n, n_features) whitened by the matrix of each one's mode, by its number (n,)."""
    z: Floats = np.einsum("ni,nij->nj", residual, np.array(whitening)[mode])
    return z


def fit_weigher(weigher: Weigher | None, baseline: Baseline, rows: Rows, metric: Metric) -> Weigher | None:
    """Return weigher, if there is one, after it learned the rows as the baseline whitens them by a metric."""
    if weigher is None:
        return None
    whitening = baseline.whitening(metric)
    mode, _ = nearest(baseline, rows.features, whitening)
    return weigher.fit(whitened(rows.features - baseline.means_[mode], mode, whitening), rows.mode)
