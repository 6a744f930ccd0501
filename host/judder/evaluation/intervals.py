"""How far scores of normal and anomalous windows lie apart, and how sure the data let one be of it.

Windows that follow one another are alike, so n windows are not n observations. Intervals resample blocks
of consecutive windows, and bounds count stretches of windows that share no evidence.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from judder.data.windows import Windows
from judder.model.evidence import WINDOWS_COMBINED

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

RESAMPLES = 200
# Where scores correlate by 0.6 with the one before, intervals from blocks of 10 windows hold the true AUC in
# 88 % of 150 simulated evaluations, from blocks of one window in 65 % (2026-11-24).
STRETCHES_A_BLOCK = 2
LEAST_BLOCKS = 5
"""Fewer blocks than this on a side say nothing of the spread: there is no interval then."""
PAUC_RATE = 0.1
CONFIDENCE = 0.95


@dataclass(frozen=True)
class Side:
    """The scores of the normal or the anomalous windows, (n,), the block of each, 0 to blocks - 1, and how
    many independent groups they are."""

    scores: Floats
    block: Ints
    groups: int

    @classmethod
    def of(cls, scores: Floats, windows: Windows, which: NDArray[np.bool_]) -> Self:
        """Return the side of the windows that which names. Those without a score, NaN, are left out."""
        mine = windows.select(which)
        number, groups = _stretches(mine)
        known = ~np.isnan(scores[which])
        _, block = np.unique(number[known], return_inverse=True)
        return cls(scores[which][known], block, groups)

    @property
    def blocks(self) -> int:
        return int(self.block.max()) + 1 if len(self.block) else 0

    def resampled(self, random: np.random.Generator) -> Floats:
        """Return how often each window comes, (RESAMPLES, n), when as many blocks are drawn as there are."""
        even = np.full(self.blocks, 1 / self.blocks)
        return random.multinomial(self.blocks, even, RESAMPLES)[:, self.block].astype(float)


def independent_groups(windows: Windows, which: NDArray[np.bool_]) -> int:
    """Return how many stretches of WINDOWS_COMBINED windows, no two sharing a row, which's windows hold.

    As many combined scores can be had of them that share no evidence. It is an upper limit: a machine that
    warms up for an hour makes stretches of an hour alike.
    """
    return _stretches(windows.select(which))[1]


def _stretches(windows: Windows) -> tuple[Ints, int]:
    """Return the block of each window, none across a gap or two recordings, and the number of stretches."""
    block, blocks, groups = np.zeros(len(windows), np.int64), 0, 0
    runs = list(windows.runs())
    if not runs:
        return block, 0
    step = round(windows.step_s * windows.sample_rate_hz)
    rows = (WINDOWS_COMBINED - 1) * step + windows.window_len
    for run in runs:
        row = windows.start_row[run] - windows.start_row[run[0]]
        block[run] = blocks + row // (STRETCHES_A_BLOCK * rows)
        blocks = int(block[run[-1]]) + 1
        groups += int(row[-1] + windows.window_len) // rows
    return block, groups


@dataclass(frozen=True)
class Roc:
    """ROC curves, (curves, points): from (0, 0) to (1, 1), a point for each score that occurs."""

    false_alarm_rate: Floats
    detection_rate: Floats

    @classmethod
    def of(cls, normal: Floats, anomalous: Floats, weights: tuple[Floats, Floats] | None = None) -> Self:
        """Return the curve of scores (n,) and (m,); with weights, (curves, n) and (curves, m), one each."""
        levels, place = np.unique(-np.concatenate([normal, anomalous]), return_inverse=True)
        of_normal, of_anomalous = weights or (np.ones((1, len(normal))), np.ones((1, len(anomalous))))
        return cls(
            _share_from(of_normal, place[: len(normal)], len(levels)),
            _share_from(of_anomalous, place[len(normal) :], len(levels)),
        )

    def area(self, most: float = 1.0) -> Floats:
        """Return the area, (curves,), up to the false alarm rate most, by the trapezoidal rule."""
        x, y = self.false_alarm_rate, self.detection_rate
        whole = np.diff(x, axis=1)
        part = np.diff(np.minimum(x, most), axis=1)
        reached = np.divide(part, whole, out=np.zeros_like(part), where=whole > 0)
        return np.asarray((part * (y[:, :-1] + np.diff(y, axis=1) * reached / 2)).sum(axis=1))

    def standardised_area(self, most: float) -> Floats:
        return _standardised(self.area(most), most)

    def detection_at(self, rate: float) -> Floats:
        """Return the detection rate, (curves,), of the lowest threshold with at most rate false alarms."""
        within = (self.false_alarm_rate <= rate + 1e-12).sum(axis=1)
        return np.take_along_axis(self.detection_rate, within[:, None] - 1, axis=1)[:, 0]


def _share_from(weights: Floats, place: Ints, points: int) -> Floats:
    """Return which share of weights, (curves, n), lies at or before each of points, after a leading 0."""
    order = np.argsort(place, kind="stable")
    total = np.zeros((len(weights), len(place) + 1))
    np.cumsum(weights[:, order], axis=1, out=total[:, 1:])
    until = np.searchsorted(place[order], np.arange(-1, points), side="right")
    return np.asarray(total[:, until] / total[:, -1:])


def _standardised(area: Floats, most: float) -> Floats:
    """Return the area up to the false alarm rate most such that chance has 0.5 and the best 1.

    Source: McClish 1989.
    """
    chance = most**2 / 2
    return (1 + (area - chance) / (most - chance)) / 2


def auc(normal: Floats, anomalous: Floats) -> float | None:
    """Return the area under the ROC curve; ties count half. None where a side is empty.

    It is the Mann-Whitney U statistic divided by the number of pairs.

    >>> auc(np.array([1.0, 2.0]), np.array([2.0, 3.0]))
    0.875
    """
    return _only(normal, anomalous, lambda roc: roc.area())


def pauc(normal: Floats, anomalous: Floats, most: float = PAUC_RATE) -> float | None:
    """Return the area up to the false alarm rate most, standardised: 0.5 is chance, 1 the best.

    Source: McClish 1989; the pAUC of the DCASE challenges. None where a side is empty.
    """
    return _only(normal, anomalous, lambda roc: roc.standardised_area(most))


def detection_at(rate: float, normal: Floats, anomalous: Floats) -> float | None:
    """Return the share of anomalous scores above the lowest threshold with at most rate false alarms.

    With fewer than 1 / rate normal scores that is the detection at zero false alarms.
    """
    return _only(normal, anomalous, lambda roc: roc.detection_at(rate))


def _only(normal: Floats, anomalous: Floats, figure: Callable[[Roc], Floats]) -> float | None:
    if not len(normal) or not len(anomalous):
        return None
    return float(figure(Roc.of(normal, anomalous))[0])


def zero_false_alarm_bound(groups: int) -> float | None:
    """Return the share of groups that may still give false alarms when none of so many did, at 95 %.

    Source: Clopper & Pearson 1934, one-sided. None where there are no groups.

    >>> round(zero_false_alarm_bound(100), 4)
    0.0295
    """
    return 1 - float((1 - CONFIDENCE) ** (1 / groups)) if groups else None


def poisson_interval(events: int) -> tuple[float, float]:
    """Return the 95 % interval of the mean number of events. Source: Garwood 1936.

    >>> [round(end, 2) for end in poisson_interval(0)]
    [0.0, 3.69]
    """
    tail = (1 - CONFIDENCE) / 2
    low = float(stats.chi2.ppf(tail, 2 * events)) / 2 if events else 0.0
    return low, float(stats.chi2.ppf(1 - tail, 2 * events + 2)) / 2


def realised(alarms: int, windows: int) -> dict[str, Any]:
    """Return how many alarms per window there were, with the interval of rare events that come by chance."""
    return {
        "realised_per_window": alarms / windows if windows else None,
        "count": alarms,
        "interval": [end / windows for end in poisson_interval(alarms)] if windows else None,
    }


def compare(normal: Side, anomalous: Side, seed: int = 0) -> dict[str, Any]:
    """Return the figures of two sides, their 95 % intervals, and what zero false alarms allow.

    A figure is None where a side is empty; its interval also where a side has fewer than LEAST_BLOCKS.
    """
    empty = not len(normal.scores) or not len(anomalous.scores)
    figures = None if empty else _figures(Roc.of(normal.scores, anomalous.scores))
    return {
        **{name: float(figures[name][0]) if figures else None for name in FIGURES},
        "zero_false_alarm_bound": zero_false_alarm_bound(normal.groups),
        "intervals": _intervals(normal, anomalous, seed),
    }


FIGURES = ("auc", "pauc", "detection_at_1_percent", "detection_at_zero")


def _figures(roc: Roc) -> dict[str, Floats]:
    values = (roc.area(), roc.standardised_area(PAUC_RATE), roc.detection_at(0.01), roc.detection_at(0.0))
    return dict(zip(FIGURES, values, strict=True))


def _intervals(normal: Side, anomalous: Side, seed: int) -> dict[str, list[float] | None]:
    if min(normal.blocks, anomalous.blocks) < LEAST_BLOCKS:
        return dict.fromkeys(FIGURES)
    random = np.random.default_rng(seed)
    weights = normal.resampled(random), anomalous.resampled(random)
    resampled = _figures(Roc.of(normal.scores, anomalous.scores, weights))
    pairs = min(normal.groups, anomalous.groups)
    return {name: _interval(name, values, pairs) for name, values in resampled.items()}


def _interval(name: str, values: Floats, pairs: int) -> list[float]:
    """Return the percentile interval of values, or what pairs independent pairs allow where all are 1 or 0.

    Where every resample is perfect, resampling cannot say how far off perfect the truth may be. But pairs
    of a normal and an anomalous group, no two sharing a window, all came in order, and that has the bound of
    Clopper & Pearson. Of the partial area it takes at most what it takes of the whole.
    """
    tail = (1 - CONFIDENCE) / 2
    sure = tail ** (1 / pairs) if pairs else 0.0
    if (values > 1 - 1e-9).all():
        area = np.array([max(0.0, PAUC_RATE - (1 - sure))])
        return [float(_standardised(area, PAUC_RATE)[0]) if name == "pauc" else sure, 1.0]
    if (values == 0).all():
        return [0.0, 1 - sure]
    low, high = np.quantile(values, [tail, 1 - tail])
    return [float(low), float(high)]
