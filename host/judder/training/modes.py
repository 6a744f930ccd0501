"""Operating modes, found where nobody labelled them: a machine that runs at several speeds or loads.

A change of mode is a step in time: each run of windows is cut where the features step, the pieces that are
alike are one mode. Source of the cut: Killick et al., Optimal detection of changepoints (PELT), 2012.
"""

from collections.abc import Iterable, Sequence
from itertools import pairwise

import numpy as np
from judder_core.stats import MAD_SCALE
from numpy.typing import NDArray

from judder.data.windows import Windows

Floats = NDArray[np.float64]
Names = NDArray[np.str_]
Whole = NDArray[np.int64]
SHORTEST = 5
"""Windows of a piece."""
PENALTY = 2.0
"""Of a cut, times the features and the logarithm of the windows."""
STEP = 0.5
"""Of the gap between two pieces: what the windows at the border must step by. A drift steps by less."""
SEPARATION = 3.5
"""Deviations between two modes, along the line from one to the other: of windows and of days together, since
what differs less than a day does is one mode."""
LEAST_WINDOWS, MOST_MODES = 8, 24
MOST_STEPS = 3000
"""Of a search: longer runs are searched in means of several windows."""


def find_modes(
    windows: Windows, features: Floats, floor: float, days: Floats, hop_share: float = 1.0
) -> Names:
    """Return the operating mode of each window, (n,): its condition, and a number where that has several.

    features: (n, n_features); floor: the least deviation of one that is believed; days: the covariance of
    what a day does to them. hop_share: rows from one window to the next, over a window's. Features are scaled
    by how they change from window to window (von Neumann 1941), robustly. Recordings that never step are
    sessions of one mode, however far apart.
    """
    names = windows.condition.astype(object)
    apart = max(1, round(1 / hop_share))
    noise = _noise(features, windows.runs(), apart, floor)
    scaled, of_day = features / noise, days / np.outer(noise, noise)
    for condition in dict.fromkeys(windows.condition.tolist()):
        runs = [run for run in windows.runs() if windows.condition[run[0]] == condition]
        pieces = [piece for run in runs for piece in _cut(scaled, run, apart)]
        numbers = _cluster(scaled, pieces, of_day) if len(pieces) > len(runs) else [0] * len(pieces)
        for piece, number in zip(pieces, numbers, strict=True):
            names[piece] = f"{condition} {number + 1}" if max(numbers) else condition
    return names.astype(str)


def _noise(features: Floats, runs: Iterable[Whole], apart: int, floor: float) -> Floats:
    """Return the deviation (n_features,) of windows about what they do for longer."""
    steps = [features[run][apart:] - features[run][:-apart] for run in runs if len(run) > apart]
    if not steps:
        return np.ones(features.shape[1])
    change = np.concatenate(steps)
    spread = MAD_SCALE * np.median(np.abs(change - np.median(change, axis=0)), axis=0)
    return np.sqrt(spread**2 / 2 + floor**2)


def _cut(rows: Floats, run: Whole, apart: int) -> list[Whole]:
    """Return the pieces of one run, windows that follow one another; apart: of those that share no rows."""
    step = max(1, -(-len(run) // MOST_STEPS))
    least = -(-SHORTEST * apart // step)
    means = _means(rows[run], step)
    if len(means) < 2 * least:
        return [run]
    penalty = PENALTY * rows.shape[1] * np.log(len(means)) * apart / step
    cuts = [step * cut for cut in _change_points(means, least, penalty)]
    return _join(rows, np.split(run, cuts), SHORTEST * apart)


def _means(rows: Floats, step: int) -> Floats:
    whole = len(rows) // step * step
    means: Floats = rows[:whole].reshape(-1, step, rows.shape[1]).mean(axis=1)
    return means


def _change_points(rows: Floats, least: int, penalty: float) -> list[int]:
    """Return where rows (n, p) are cut so that squares about the pieces' means, and penalties, are fewest."""
    n = len(rows)
    sums = np.vstack([np.zeros(rows.shape[1]), np.cumsum(rows, axis=0)])
    squares = np.concatenate([[0.0], np.cumsum((rows**2).sum(axis=1))])
    best, last = np.full(n + 1, np.inf), np.zeros(n + 1, int)
    best[0] = -penalty
    starts = np.array([0])
    for stop in range(least, n + 1):
        start = starts[starts <= stop - least]
        about = ((sums[stop] - sums[start]) ** 2).sum(axis=1) / (stop - start)
        total = best[start] + squares[stop] - squares[start] - about
        best[stop], last[stop] = total.min() + penalty, start[total.argmin()]
        # A start that is already worse than the best will never be the best (PELT).
        starts = np.concatenate([start[total <= best[stop]], starts[starts > stop - least], [stop]])
    cuts, stop = [], n
    while last[stop]:
        stop = int(last[stop])
        cuts.append(stop)
    return cuts[::-1]


def _join(rows: Floats, pieces: list[Whole], edge: int) -> list[Whole]:
    """Return pieces without the borders at which nothing steps: a drift is one piece."""
    joined = pieces[:1]
    for before, piece in pairwise(pieces):
        gap = rows[piece].mean(axis=0) - rows[before].mean(axis=0)
        step = rows[piece[:edge]].mean(axis=0) - rows[before[-edge:]].mean(axis=0)
        if step @ gap < STEP * (gap @ gap):
            joined[-1] = np.concatenate([joined[-1], piece])
        else:
            joined.append(piece)
    return joined


def _cluster(rows: Floats, pieces: Sequence[Whole], of_day: Floats) -> list[int]:
    """Return the number of each piece's mode, the first piece's 0."""
    groups = _Groups([rows[piece] for piece in pieces], of_day)
    while groups.should_merge():
        groups.merge()
    numbers: dict[int, int] = {}
    return [numbers.setdefault(group, len(numbers)) for group in groups.of]


class _Groups:
    """Pieces that are merged, the nearest two first. of: the group of each piece."""

    def __init__(self, parts: Sequence[Floats], of_day: Floats) -> None:
        self.of = list(range(len(parts)))
        self._mean = {k: part.mean(axis=0) for k, part in enumerate(parts)}
        self._size = {k: len(part) for k, part in enumerate(parts)}
        free = max(1, sum(map(len, parts)) - len(parts))
        self._within = sum((p - p.mean(axis=0)).T @ (p - p.mean(axis=0)) for p in parts) / free + of_day
        self._gap = {(i, j): self._apart(i, j) for j in self._mean for i in range(j)}

    def _apart(self, i: int, j: int) -> float:
        gap = self._mean[i] - self._mean[j]
        spread = float(np.sqrt(max(gap @ self._within @ gap, 1e-12)))
        return float(gap @ gap) / spread

    def _small(self) -> int | None:
        return next((k for k, size in self._size.items() if size < LEAST_WINDOWS), None)

    def should_merge(self) -> bool:
        if not self._gap:
            return False
        return (
            min(self._gap.values()) <= SEPARATION or len(self._size) > MOST_MODES or self._small() is not None
        )

    def merge(self) -> None:
        """Make one of the nearest two; where all are apart, of the smallest and its nearest."""
        small = self._small() if min(self._gap.values()) > SEPARATION else None
        pairs = [pair for pair in self._gap if small is None or small in pair]
        i, j = min(pairs, key=self._gap.__getitem__)
        total = self._size[i] + self._size[j]
        self._mean[i] = (self._size[i] * self._mean[i] + self._size[j] * self._mean.pop(j)) / total
        self._size[i] = total
        del self._size[j]
        self.of = [i if group == j else group for group in self.of]
        self._gap = {pair: gap for pair, gap in self._gap.items() if j not in pair}
        self._gap.update({(min(i, k), max(i, k)): self._apart(i, k) for k in self._mean if k != i})
