"""The autoencoder over several seeds, beside Mahalanobis and the reference's autoencoder, on the same folds.

Its noise, width and training were chosen on the first half of the blocks; figures are of the second.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import numpy as np
from judder_core import features
from numpy.typing import NDArray

from judder.bench import recordings
from judder.bench.reference_autoencoder import ReferenceAutoencoder
from judder.bench.simulator import WINDOW_LEN
from judder.data.windows import cut_windows
from judder.detectors import AutoencoderDetector
from judder.detectors.base import Names
from judder.evaluation.intervals import auc
from judder.model.evidence import Measured, combine, measure
from judder.simulation import FanOptions, simulate
from judder.simulation.options import DESK_FAN
from judder.training.fitting import FEATURES

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Score = Callable[[Floats], Floats]

REPORTED_ON = 1
"""Half of the blocks; the other one is what was chosen on."""
WANDER, WANDER_S = 0.25, 30.0
"""Relative deviation and time constant of the speed of a fan whose load wanders."""
IMBALANCE = 1.5


@dataclass(frozen=True)
class Figures:
    """AUCs of one window and of five combined: of Mahalanobis, and of each seed's autoencoder, (n, 2), ours
    and the reference's.
    """

    mahalanobis: tuple[float, float]
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


class Trained:
    """Autoencoders of several seeds, trained once for each set of windows they are asked for."""

    def __init__(self, seeds: Sequence[int]) -> None:
        self.seeds = list(seeds)
        self.dead = 0
        self._known: dict[bytes, AutoencoderDetector] = {}

    def of(self, seed: int) -> Callable[[Floats, Names], Score]:
        """Return what makes a score of features and their operating modes."""
        return partial(self._score, seed)

    def _score(self, seed: int, values: Floats, modes: Names) -> Score:
        key = values.tobytes()
        if key not in self._known:
            detector = AutoencoderDetector(features.load(FEATURES).DEVIATION_FLOOR, self.seeds)
            self._known[key] = detector.fit(values, modes)
            self.dead += len(self.seeds) - len(detector.candidates_)
        detector = self._known[key]
        mine = [candidate for candidate in detector.candidates_ if candidate.seed == seed]
        layers = (mine or detector.candidates_)[0].layers  # training would have kept a living one
        return lambda rows: detector.score_with(layers, detector.whiten(rows))


def tasks(path: Path, seeds: Sequence[int], names: Sequence[str] = "EFHBD") -> Iterator[tuple[str, Figures]]:
    """Yield each task's figures on the half of the blocks that nothing was chosen on."""
    windows = recordings.fan_windows(path)
    ours, theirs = measure(windows, FEATURES), recordings.reference_measured(windows)
    run = partial(recordings.run_task, halves_used=(REPORTED_ON,))
    for name in names:
        trained = Trained(seeds)
        yield (
            name,
            Figures(
                _aucs(run(ours, name, recordings.by_judder)),
                np.array(
                    [
                        _aucs(run(ours, name, partial(recordings.by_judder, fit=trained.of(seed))))
                        for seed in seeds
                    ]
                ),
                np.array([_aucs(run(theirs, name, partial(_by_reference, seed=seed))) for seed in seeds]),
            ),
        )


def _aucs(pair: tuple[recordings.Task, recordings.Task]) -> tuple[float, float]:
    return pair[0].auc(), pair[1].auc()


def _by_reference(measured: Measured, fitted: Flags, tested: Flags, seed: int) -> tuple[Floats, Floats]:
    network = ReferenceAutoencoder(seed).fit(measured.features[fitted])
    part = measured.select(tested)
    means = combine(part, np.inf)
    return network.score(part.features), network.score(means[~np.isnan(means[:, 0])])


def rig(path: Path, seeds: Sequence[int]) -> Figures:
    """Return the figures of the rig's four faults against its five healthy speeds, both ways round."""
    windows = recordings.rig_windows(path)
    healthy = np.char.find(windows.condition, "healthy") >= 0
    faulty = np.any([np.char.find(windows.condition, fault) >= 0 for fault in recordings.FAULTS], axis=0)
    half = recordings.split_in_half(windows)
    ours, theirs = measure(windows, FEATURES), recordings.reference_measured(windows)

    def rounds(measured: Measured, score: Callable[..., tuple[Floats, Floats]]) -> tuple[float, float]:
        found = []
        for h in range(2):
            fitted = healthy & (half == h)
            normal = score(measured, fitted, healthy & (half == 1 - h))
            strange = score(measured, fitted, faulty)
            found.append([auc(n, s) or 0.0 for n, s in zip(normal, strange, strict=True)])
        single, combined = np.mean(found, axis=0)
        return float(single), float(combined)

    trained = Trained(seeds)
    return Figures(
        rounds(ours, recordings.by_judder),
        np.array([rounds(ours, partial(recordings.by_judder, fit=trained.of(seed))) for seed in seeds]),
        np.array([rounds(theirs, partial(_by_reference, seed=seed)) for seed in seeds]),
    )


def wandering(seeds: Sequence[int], seconds: float = 2700.0) -> Figures:
    """Return the figures of a fan whose normal is no ellipse: its load wanders, so does its speed.

    A half more unbalance, against as long a recording of the same fan as it was trained on.
    """
    machine = replace(DESK_FAN, speed_wander=WANDER, wander_s=WANDER_S)
    fan = FanOptions(seconds=seconds, speed_hz=17.0, machine=machine)

    def recorded(options: FanOptions) -> Measured:
        return measure(cut_windows([simulate(options)], options.sample_rate_hz, WINDOW_LEN), FEATURES)

    fitted, normal = (recorded(replace(fan, seed=seed)) for seed in (1, 2))
    strange = recorded(replace(fan, seed=10, seconds=seconds / 3, imbalance=IMBALANCE))

    def aucs(fit: Callable[[Floats, Names], Score]) -> tuple[float, float]:
        score = fit(fitted.features, fitted.windows.condition)
        single, combined = (
            auc(score(one), score(other)) or 0.0
            for one, other in (
                (normal.features, strange.features),
                (_evidence(normal), _evidence(strange)),
            )
        )
        return single, combined

    trained = Trained(seeds)
    return Figures(aucs(recordings.by_mahalanobis), np.array([aucs(trained.of(seed)) for seed in seeds]))


def _evidence(measured: Measured) -> Floats:
    means = combine(measured, np.inf)
    return means[~np.isnan(means[:, 0])]
