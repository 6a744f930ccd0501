"""From a score to a p-value: how rarely a normal window scores this high.

Conformal: with n calibration scores of normal windows that the model was not fitted on,
p = (1 + how many of them reach the score) / (n + 1). The table keeps a few of the ranks; between two of
them the larger p holds, so a p-value errs only towards calm. fit.calibrate() makes it.
Source: Vovk et al. 2005, ch. 4.
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
        low, high = 0, len(self.scores)
        while low < high:
            middle = (low + high) // 2
            if score <= self.scores[middle]:
                high = middle
            else:
                low = middle + 1
        if low == 0:
            return 1.0
        return self.p_values[low - 1] - 1.0 / (self.windows + 1)  # fewer reach a score above this one

    def is_beyond(self, score):
        """Return whether score is above all that the table was made of: its true p-value may be far smaller.

        >>> Calibration(3, [1.0, 2.0, 3.0], [1.0, 0.75, 0.5]).is_beyond(36.0)
        True
        """
        return score > self.scores[-1]
