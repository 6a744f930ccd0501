"""From the scores of unseen normal windows and the wishes to the thresholds of both levels."""

import math
from dataclasses import dataclass

import numpy as np
from judder_core import fit
from judder_core.decision import NOTICE

from judder.detectors.base import Floats, Metric
from judder.errors import JudderError
from judder.training.false_alarms import Wish
from judder.training.folds import LEAST_SCORES, Unseen

PRIOR_SPREAD = 1.5
"""Times the relative variance that a chi-square distribution has: real windows scatter more."""
PRIOR_SCORES = 20
"""How many independent scores that prior counts for."""
SHRINKAGE = 10
"""Independent scores of one mode that count as much as those of all modes, for its own centre."""
LEAST_TAIL = 1e-3
"""A NOTICE is never nearer than one in a thousand of windows whose scatter is just the metric's own."""
ABOVE_SEEN = 1.1
"""An ALARM is this far above all that was seen of unseen normal windows."""
DAY_S = 86400.0
FLAGGED = 0.01
"""The share of normal windows that alone score above the threshold of a window's own score."""


@dataclass(frozen=True)
class Scores:
    """unseen: for each metric; window: of single windows. features: how many there are. hop_share: see
    fitting.hop_share_of(). step_s: from one window to the next.
    """

    unseen: dict[Metric, Unseen]
    window: Floats
    features: int
    hop_share: float
    step_s: float

    def check(self) -> None:
        """Raise JudderError where there are too few to calibrate on."""
        for metric, unseen in self.unseen.items():
            if len(unseen.score) < LEAST_SCORES:
                raise JudderError(
                    f"{len(unseen.score)} means of {metric.windows} windows are left to calibrate on; at"
                    f" least {LEAST_SCORES} are needed.",
                    hint="Record at least 50 windows of each condition: judder record",
                )

    def independent(self, metric: Metric, scores: int) -> float:
        """Return how many of scores, of means of neighbouring windows, tell something of their own."""
        return scores * self.hop_share / (1 + (metric.windows - 1) * self.hop_share)


def bounds(scores: Scores, metric: Metric, modes: int, notices: Wish, alarms: Wish) -> Floats:
    """Return how far each mode's windows may come, (modes,), under a metric of its level."""
    if metric.level == NOTICE:
        metrics = sum(each.level == NOTICE for each in scores.unseen)
        return _notice(scores, metric, modes, notices.per_window(scores.step_s) / metrics)
    return _alarm(scores.unseen[metric], modes, scores.features, alarms)


def _notice(scores: Scores, metric: Metric, modes: int, rate: float) -> Floats:
    """Return what scores of each mode exceed at that rate, and never less than what they reached.

    The power 2/3 of a distance is nearly Gaussian. Source: Wilson & Hilferty 1931.
    """
    unseen = scores.unseen[metric]
    cubic = unseen.score ** (2 / 3)
    centres = _centres(scores, metric, modes, cubic)
    independent = max(2.0, scores.independent(metric, len(cubic)))
    spread = _spread(cubic / centres[unseen.mode], independent, scores.features)
    reach = 1 + fit.normal_quantile(min(rate, 0.49)) * math.sqrt(spread * (1 + 1 / independent))
    own_tail = float(np.sqrt(chi_square_bound(min(0.5, max(LEAST_TAIL, rate)), scores.features)))
    reached: Floats = np.maximum((centres * reach) ** 1.5, highest(unseen, modes))
    return np.maximum(reached, own_tail)


def _centres(scores: Scores, metric: Metric, modes: int, cubic: Floats) -> Floats:
    """Return the mean of cubic, (n,), of each mode, (modes,), drawn towards that of all modes."""
    everywhere = float(cubic.mean())
    centres = np.empty(modes)
    for mode in range(modes):
        own = cubic[scores.unseen[metric].mode == mode]
        known = scores.independent(metric, len(own))
        centres[mode] = (known * (own.mean() if len(own) else 0.0) + SHRINKAGE * everywhere) / (
            known + SHRINKAGE
        )
    return centres


def _spread(relative: Floats, independent: float, features: int) -> float:
    """Return the relative variance of scores over their centres, (n,), drawn towards the prior one."""
    prior = PRIOR_SPREAD * 2 / (9 * features)
    seen = float(relative.var() / relative.mean() ** 2)
    return (independent * seen + PRIOR_SCORES * prior) / (independent + PRIOR_SCORES)


def _alarm(unseen: Unseen, modes: int, features: int, wish: Wish) -> Floats:
    """Return what a plausible day exceeds as often as is wished, and above all that was seen."""
    plausible = math.sqrt(chi_square_bound(daily(wish), features))
    return np.maximum(plausible, ABOVE_SEEN * highest(unseen, modes))


def daily(wish: Wish) -> float:
    """Return the share of days, or of windows, on which an alarm is accepted.

    >>> from judder.training.false_alarms import parse_wish
    >>> round(daily(parse_wish("1/week")), 3)
    0.133
    """
    if wish.share is not None:
        return min(wish.share, 0.5)
    return -math.expm1(-(wish.per_second or 0.0) * DAY_S)


def chi_square_bound(rate: float, freedom: int) -> float:
    """Return what a chi-square variable exceeds at rate."""
    from scipy.stats import chi2  # SciPy takes half a second, which nobody but a trainer pays

    return float(chi2.isf(rate, freedom))


def highest(unseen: Unseen, modes: int) -> Floats:
    """Return the highest score of each mode, 0 where there is none."""
    return np.array([unseen.of(mode).max(initial=0.0) for mode in range(modes)])


def window_threshold(scores: Floats) -> float:
    """Return what a single window may score: FLAGGED of the normal ones, (n,), are above."""
    return float(np.quantile(scores, 1 - FLAGGED))
