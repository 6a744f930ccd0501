"""The autoencoder over several seeds, beside Mahalanobis and the reference's autoencoder, on the same folds.

Its noise, width and training were chosen on the first half of the blocks; figures are of the second.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from judder_core import autoencoder
from numpy.typing import NDArray

from judder.bench.fan import FOLDS, fan_windows, half, sides
from judder.bench.reference_autoencoder import ReferenceAutoencoder
from judder.bench.reference_mahalanobis import first_rows
from judder.bench.rig import FAULTS, Rig
from judder.bench.simulated import recorded
from judder.data.windows import Windows, concatenate
from judder.detectors import AutoencoderDetector
from judder.detectors.autoencoder import GAIN, LIMIT, Candidate
from judder.detectors.base import Floats, fit_weigher
from judder.evaluation.cross_validation import Fold, in_folds
from judder.evaluation.intervals import auc
from judder.model.evidence import combine, measure
from judder.model.model import Model
from judder.model.scoring import score_windows
from judder.simulation import FanOptions
from judder.simulation.options import DESK_FAN
from judder.training.fitting import EVIDENCE
from judder.training.second_detector import known_to
from judder.training.train import train

REPORTED_ON = 1
"""Half of the blocks; the other one is what was chosen on."""
WANDER, WANDER_S = 0.25, 30.0
"""Relative deviation and time constant of the speed of a fan whose load wanders."""
IMBALANCE = 1.5

Aucs = list[float]
"""Of one window, and of several combined."""


@dataclass(frozen=True)
class Comparison:
    """AUCs of one window and of several combined: of Mahalanobis, and of each seed's autoencoder, (n, 2),
    ours and the reference's.
    """

    mahalanobis: Aucs
    ours: NDArray[np.float64]
    reference: NDArray[np.float64] | None = None

    def row(self) -> dict[str, str]:
        """Return the AUCs in words, for one window and for several."""
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


def networks(base: Model, windows: Windows, seeds: Sequence[int]) -> list[autoencoder.AutoencoderDetector]:
    """Return the autoencoder of each seed beside base's own detector, trained on the same windows.

    Of a seed that is dead it is the best of the others, as training would keep it. Its thresholds are base's:
    no AUC looks at them.
    """
    learned = AutoencoderDetector(seeds)
    fit_weigher(learned, *known_to(base, windows), EVIDENCE[0])
    by_seed = {candidate.seed: candidate for candidate in learned.candidates_}
    return [_detector(base, by_seed.get(seed, learned.candidates_[0])) for seed in seeds]


def _detector(base: Model, candidate: Candidate) -> autoencoder.AutoencoderDetector:
    own = base.detector
    thresholds = [own.threshold, own.combined_threshold, own.alarm_threshold]
    detector = autoencoder.AutoencoderDetector(base.id, own.feature_set, thresholds, None, None, None)
    vars(detector).update(layers=candidate.layers, limit=LIMIT, gain=GAIN)
    return detector


def tasks(
    path: Path, seeds: Sequence[int], names: Sequence[str] = "EFHBD"
) -> Iterator[tuple[str, Comparison]]:
    """Yield each task's comparison on the half of the blocks that nothing was chosen on."""
    windows = half(fan_windows(path), REPORTED_ON)
    for name in names:
        folds = Folds(list(in_folds(windows, *sides(name), FOLDS)), *sides(name))
        yield name, folds.comparison(seeds)


def rig(path: Path, seeds: Sequence[int]) -> Comparison:
    """Return the comparison on the rig's four faults against its five healthy speeds, both ways round."""
    data = Rig.load(path)
    faulty = [name for fault in FAULTS for name in data.with_part(fault)]
    return Folds(list(data.folds(faulty)), data.healthy, faulty).comparison(seeds)


def wandering(seeds: Sequence[int], seconds: float = 2700.0) -> Comparison:
    """Return the comparison on a fan whose normal is no ellipse: its load wanders, so does its speed.

    A half more unbalance, against as long a recording of the same fan as it was trained on.
    """
    machine = replace(DESK_FAN, speed_wander=WANDER, wander_s=WANDER_S)
    fan = FanOptions(seconds=seconds, speed_hz=17.0, machine=machine, condition="normal", seed=1)
    faulty = replace(fan, seconds=seconds / 3, imbalance=IMBALANCE, condition="imbalance", seed=10)
    learned, *tested = (recorded(options) for options in (fan, replace(fan, seed=2), faulty))
    folds = Folds([(learned, concatenate(tested))], ["normal"], ["imbalance"])
    return folds.comparison(seeds, reference=False)


@dataclass(frozen=True)
class Folds:
    """What each kind of detector is trained and tested on."""

    pairs: Sequence[Fold]
    normal: Sequence[str]
    anomalous: Sequence[str]

    def comparison(self, seeds: Sequence[int], *, reference: bool = True) -> Comparison:
        both = [self._ours(*pair, seeds) for pair in self.pairs]
        mahalanobis = np.mean([own for own, _ in both], axis=0)
        theirs = [[self._by_reference(*pair, seed) for pair in self.pairs] for seed in seeds if reference]
        return Comparison(
            mahalanobis.tolist(),
            np.mean([ours for _, ours in both], axis=0),
            np.mean(theirs, axis=1) if reference else None,
        )

    def _ours(self, rest: Windows, tested: Windows, seeds: Sequence[int]) -> tuple[Aucs, list[Aucs]]:
        """Return the AUCs of Mahalanobis, and of the autoencoder of each seed."""
        base = train(rest, name="fold")
        detectors = [base.detector, *networks(base, rest, seeds)]
        scored = [score_windows(base.core, tested, detector) for detector in detectors]
        own, *others = [self._aucs(tested, each.score, each.combined_score) for each in scored]
        return own, others

    def _by_reference(self, rest: Windows, tested: Windows, seed: int) -> Aucs:
        """Return the AUCs of the reference's network: MADs in, nothing left out, the mean of five windows."""
        network = ReferenceAutoencoder(seed).fit(first_rows(rest).features("mad"))
        measured = measure(first_rows(tested), "mad")
        single, combined = (network.score(rows) for rows in (measured.features, combine(measured, np.inf)))
        return self._aucs(tested, single, combined)

    def _aucs(self, tested: Windows, *scores: Floats) -> Aucs:
        """Return the AUC of each kind of scores, where they are known."""
        is_normal = np.isin(tested.condition, self.normal)
        known = [(one, ~np.isnan(one)) for one in scores]
        return [auc(one[is_normal & there], one[~is_normal & there]) or 0.0 for one, there in known]
