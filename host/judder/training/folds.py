"""What a model says of its own normal windows when it has not seen them.

Each stretch of a mode in a session is cut into short blocks that are shared out among the folds in turn: all
windows calibrate, and every fold knows each part of a recording, as the whole model does.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from judder.detectors.base import (
    Baseline,
    Floats,
    Metric,
    Rows,
    Weigher,
    Whole,
    fit_weigher,
    nearest,
    whitened,
)

FOLDS = 5
BLOCKS = 2
"""Lengths of the mean that a block has, where there are enough windows."""
LEAST_SCORES = 6
"""Means that a threshold can be drawn from."""


@dataclass(frozen=True)
class Unseen:
    """score (n,) of means of windows that were not fitted, and the number of the mode (n,) of each."""

    score: Floats
    mode: Whole

    def of(self, mode: int) -> Floats:
        mine: Floats = self.score[self.mode == mode]
        return mine


def unseen_scores(
    rows: Rows, baseline: Baseline, weigher: Weigher | None, metrics: tuple[Metric, ...], window: Metric
) -> tuple[Floats, dict[Metric, Unseen]]:
    """Return (the scores of single windows under `window`, for each metric those of means of windows).

    baseline, weigher: fitted on all rows; those of each fold are made like them.
    """
    of_windows: list[Floats] = []
    found: dict[Metric, list[Unseen]] = {metric: [] for metric in metrics}
    for length in sorted({metric.windows for metric in metrics}):
        mine = [metric for metric in metrics if metric.windows == length]
        for known, blocks in _folds(rows, length):
            fold = _Fold(rows.select(known), baseline, weigher, window)
            if length == window.windows:
                of_windows.append(fold.of_windows(rows.features[np.concatenate(blocks)]))
            for metric in mine:
                found[metric] += [fold.of_means(rows.features[block], metric) for block in blocks]
    return np.concatenate(of_windows), {metric: _joined(parts) for metric, parts in found.items()}


def _joined(parts: Sequence[Unseen]) -> Unseen:
    none = Unseen(np.empty(0), np.empty(0, np.int64))
    together = [none, *parts]
    return Unseen(np.concatenate([p.score for p in together]), np.concatenate([p.mode for p in together]))


def _folds(rows: Rows, length: int) -> Iterator[tuple[NDArray[np.bool_], list[Whole]]]:
    """Yield (which rows to fit, the blocks to score) of each fold, for means of that many windows.

    A stretch that is too short for two blocks is fitted in every fold and scored in none. Each block costs
    the means across its border: where too few would be left, stretches are halved.
    """
    stretches = rows.stretches().values()
    blocks = [_blocks(where, length, FOLDS) for where in stretches]
    if sum(len(block) - length + 1 for parts in blocks if len(parts) > 1 for block in parts) < LEAST_SCORES:
        blocks = [_blocks(where, length, 2) for where in stretches]
    shared = [(k % FOLDS, block) for parts in blocks if len(parts) > 1 for k, block in enumerate(parts)]
    for fold in range(FOLDS):
        mine = [block for number, block in shared if number == fold]
        if mine:
            known = np.ones(len(rows), bool)
            known[np.concatenate(mine)] = False
            yield known, mine


def _blocks(where: Whole, length: int, most: int) -> list[Whole]:
    """Return where, the windows of one stretch, in blocks of at least that many: up to most, or long ones."""
    number = max(1, min(most, len(where) // length), len(where) // (BLOCKS * length))
    return np.array_split(where, number)


class _Fold:
    """A baseline and a weigher of the windows of a fold. number_: of its modes among those of all."""

    def __init__(self, rows: Rows, baseline: Baseline, weigher: Weigher | None, window: Metric) -> None:
        self._baseline = baseline.fresh().fit(rows)
        self._window = self._baseline.whitening(window)
        self._number = np.array([baseline.names_.index(name) for name in self._baseline.names_])
        self._weigher = fit_weigher(weigher and weigher.fresh(), self._baseline, rows, window)

    def of_windows(self, features: Floats) -> Floats:
        mode, distance = self._nearest(features)
        return distance * self._factor(features - self._baseline.means_[mode], mode)

    def of_means(self, features: Floats, metric: Metric) -> Unseen:
        """Return the scores of the means of windows that follow one another, as the judge makes them."""
        mode, _ = self._nearest(features)
        residual = features - self._baseline.means_[mode]
        sums = np.vstack([np.zeros(features.shape[1]), np.cumsum(residual, axis=0)])
        mean = (sums[metric.windows :] - sums[: -metric.windows]) / metric.windows
        current = mode[metric.windows - 1 :]
        distance = np.linalg.norm(whitened(mean, current, self._baseline.whitening(metric)), axis=1)
        return Unseen(distance * self._factor(mean, current), self._number[current])

    def _nearest(self, features: Floats) -> tuple[Whole, Floats]:
        return nearest(self._baseline, features, self._window)

    def _factor(self, residual: Floats, mode: Whole) -> Floats:
        if self._weigher is None:
            return np.ones(len(residual))
        return self._weigher.factor(whitened(residual, mode, self._window))
