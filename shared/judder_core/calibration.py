"""From a score to a p-value: how rarely a normal window scores this high.

Conformal: with n calibration scores of normal windows that the model was not fitted on,
p = (1 + how many of them reach the score) / (n + 1). The table keeps a few of the ranks; between two of
them the larger p holds, so a p-value errs only towards calm. Source: Vovk et al. 2005, ch. 4.
"""


class Calibration:
    """windows: how many scores it was made of. scores: rising. p_values: p at each of them, falling."""

    def __init__(self, windows, scores, p_values):
        self.windows = windows
        self.scores = scores
        self.p_values = p_values

    def p_value(self, score):
        """Return the p-value of score, from 1 / (windows + 1) to 1.

        >>> Calibration(3, [1.0, 2.0, 3.0], [1.0, 0.75, 0.5]).p_value(2.5)
        0.5
        """
        p = 1.0
        step = 1.0 / (self.windows + 1)
        for k in range(len(self.scores)):
            if score <= self.scores[k]:
                break
            p = self.p_values[k] - step  # fewer reach a score above this one
        return p


def calibrate(scores, ranks=64):
    """Return the Calibration of scores, a non-empty sequence of floats, with at most ranks rows.

    The rows lie close together where scores are rare, since that is where thresholds are.

    >>> calibrate([3.0, 1.0, 2.0]).p_values
    [1.0, 0.75, 0.5]
    """
    rising = sorted(scores)
    n = len(rising)
    kept = _ranks(n, ranks)
    return Calibration(n, [rising[n - r] for r in kept], [(r + 1) / (n + 1) for r in kept])


def _ranks(n, most):
    """Return falling ranks (1: the highest score) from n to 1, spaced evenly in their logarithm."""
    if n <= most:
        return list(range(n, 0, -1))
    ratio = n ** (1.0 / (most - 1))
    found = set([n])
    for k in range(most):
        found.add(min(n, max(1, int(round(ratio**k)))))
    return sorted(found, reverse=True)


def threshold(scores, rate):
    """Return (threshold, achievable): the score that normal windows exceed at rate, and the rate it gives.

    rate: the wished share of normal windows flagged, 0 to 1. No quantile of n scores supports a rate
    under 1 / (n + 1): then the threshold is the highest score and achievable says 1 / (n + 1).

    >>> threshold([1.0, 2.0, 3.0], 0.5)
    (2.0, 0.5)
    >>> threshold([1.0, 2.0, 3.0], 1e-6)
    (3.0, 0.25)
    """
    rising = sorted(scores)
    n = len(rising)
    above = min(n - 1, max(0, int(rate * (n + 1) + 1e-9) - 1))
    return rising[n - 1 - above], max(rate, 1.0 / (n + 1))
