"""The autoencoder over several seeds, beside Mahalanobis and the reference's autoencoder, on the same folds.

Its noise, width and training were chosen on the first half of the blocks; figures are of the second.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from judder.bench.fan import FOLDS, fan_windows, half, sides
from judder.bench.reference_autoencoder import ReferenceAutoencoder
from judder.bench.reference_mahalanobis import first_rows
from judder.bench.rig import FAULTS, Rig
from judder.bench.simulator import WINDOW_LEN
from judder.data.sources import windows_of
from judder.data.windows import Windows, concatenate
from judder.detectors import AutoencoderDetector
from judder.detectors.base import Floats, Names, Weigher
from judder.evaluation.cross_validation import Fold, average, in_folds
from judder.evaluation.figures import summarise
from judder.evaluation.intervals import auc
from judder.model.evidence import combine, measure
from judder.model.model import TrainedModel
from judder.simulation import FanOptions, simulate
from judder.simulation.options import DESK_FAN
from judder.training.describe import describe
from judder.training.false_alarms import parse_wish
from judder.training.fitting import TrainingOptions, fit
from judder.training.train import NOTICES, WISH

REPORTED_ON = 1
"""Half of the blocks; the other one is what was chosen on."""
WANDER, WANDER_S = 0.25, 30.0
"""Relative deviation and time constant of the speed of a fan whose load wanders."""
IMBALANCE = 1.5

Pair = tuple[float, float]
"""AUCs of one window and of five combined."""


@dataclass(frozen=True)
class Figures:
    """AUCs of one window and of five combined: of Mahalanobis, and of each seed's autoencoder, (n, 2), ours
    and the reference's.
    """

    mahalanobis: Pair
    ours: NDArray[np.float64]
    reference: NDArray[np.float64] | None = None

    def row(self) -> dict[str, str]:
        """Return the figures in words, for one window and for five."""
        said = {}
        for k, name in enumerate(("one_window", "combined")):
            ours = self.ours[:, k]
            said[name] = (
                f"{np.median(ours):.4f} (worst {ours.min():.4f}) Mahalanobis {self.mahalanobis[k]:.4f}"
            )
            if self.reference is not None:
                theirs = self.reference[:, k]
                said[name] += f" reference {np.median(theirs):.4f} ({theirs.min():.4f}-{theirs.max():.4f})"
        return said


class Together:
    """Autoencoders of several seeds, trained at once on each set of residuals that one of them learns."""

    def __init__(self, seeds: Sequence[int]) -> None:
        self.seeds = tuple(seeds)
        self._known: dict[bytes, AutoencoderDetector] = {}

    def fitted(self, whitened: Floats, modes: Names) -> AutoencoderDetector:
        key = whitened.tobytes()
        if key not in self._known:
            self._known[key] = AutoencoderDetector(self.seeds).fit(whitened, modes)
        return self._known[key]


class OneSeed(AutoencoderDetector):
    """The autoencoder of one seed; where that is dead, the best of the others, as training would keep it."""

    def __init__(self, together: Together, seed: int) -> None:
        super().__init__([seed])
        self._together = together

    def fit(self, whitened: Floats, modes: Names) -> Self:
        best = self._together.fitted(whitened, modes)
        mine = [candidate for candidate in best.candidates_ if candidate.seed in self.seeds]
        self.candidates_ = mine or best.candidates_
        self.layers_ = self.candidates_[0].layers
        return self

    def fresh(self) -> Any:
        """Return what is quick to fit: it calibrates the thresholds, which no AUC looks at."""
        return Even()


class Even:
    """Finds all residuals equally strange."""

    kind = AutoencoderDetector.kind

    def fit(self, whitened: Floats, modes: Names) -> Self:
        return self

    def factor(self, whitened: Floats) -> Floats:
        return np.ones(len(whitened))


def tasks(path: Path, seeds: Sequence[int], names: Sequence[str] = "EFHBD") -> Iterator[tuple[str, Figures]]:
    """Yield each task's figures on the half of the blocks that nothing was chosen on."""
    windows = half(fan_windows(path), REPORTED_ON)
    for name in names:
        folds = Folds(list(in_folds(windows, *sides(name), FOLDS)), *sides(name))
        yield name, Figures(folds.mahalanobis(), folds.ours(seeds), folds.reference(seeds))


def rig(path: Path, seeds: Sequence[int]) -> Figures:
    """Return the figures of the rig's four faults against its five healthy speeds, both ways round."""
    data = Rig.load(path)
    faulty = [name for fault in FAULTS for name in data.with_part(fault)]
    folds = Folds(list(data.folds(faulty)), data.healthy, faulty)
    return Figures(folds.mahalanobis(), folds.ours(seeds), folds.reference(seeds))


def wandering(seeds: Sequence[int], seconds: float = 2700.0) -> Figures:
    """Return the figures of a fan whose normal is no ellipse: its load wanders, so does its speed.

    A half more unbalance, against as long a recording of the same fan as it was trained on.
    """
    machine = replace(DESK_FAN, speed_wander=WANDER, wander_s=WANDER_S)
    fan = FanOptions(seconds=seconds, speed_hz=17.0, machine=machine, condition="normal", seed=1)
    faulty = replace(fan, seconds=seconds / 3, imbalance=IMBALANCE, condition="imbalance", seed=10)
    learned, *tested = (
        windows_of(simulate(options), window_len=WINDOW_LEN)
        for options in (fan, replace(fan, seed=2), faulty)
    )
    folds = Folds([(learned, concatenate(tested))], ["normal"], ["imbalance"])
    return Figures(folds.mahalanobis(), folds.ours(seeds))


@dataclass(frozen=True)
class Folds:
    """What each kind of detector is trained and tested on."""

    pairs: Sequence[Fold]
    normal: Sequence[str]
    anomalous: Sequence[str]

    def mahalanobis(self) -> Pair:
        return self._aucs(None)

    def ours(self, seeds: Sequence[int]) -> NDArray[np.float64]:
        together = Together(seeds)
        return np.array([self._aucs(OneSeed(together, seed)) for seed in seeds])

    def reference(self, seeds: Sequence[int]) -> NDArray[np.float64]:
        return np.array(
            [np.mean([self._by_reference(*pair, seed) for pair in self.pairs], axis=0) for seed in seeds]
        )

    def _aucs(self, weigher: Weigher | None) -> Pair:
        found = [
            summarise(self._model(rest, weigher).score(tested), self.normal, self.anomalous)
            for rest, tested in self.pairs
        ]
        figures = average(found)
        return figures["auc"], figures["combined"]["auc"]

    def _model(self, windows: Windows, weigher: Weigher | None) -> TrainedModel:
        options = TrainingOptions("bench", parse_wish(NOTICES), parse_wish(WISH), weigher=weigher)
        return TrainedModel.of(describe(fit(windows, options)), (), windows)

    def _by_reference(self, rest: Windows, tested: Windows, seed: int) -> list[float]:
        """Return the AUCs of the reference's network: MADs in, nothing left out, the mean of five windows."""
        network = ReferenceAutoencoder(seed).fit(first_rows(rest).features("mad"))
        measured = measure(first_rows(tested), "mad")
        is_normal = np.isin(tested.condition, self.normal)
        scores = (network.score(rows) for rows in (measured.features, combine(measured, np.inf)))
        known = [(one, ~np.isnan(one)) for one in scores]
        return [auc(one[is_normal & there], one[~is_normal & there]) or 0.0 for one, there in known]
