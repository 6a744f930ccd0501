"""From windows to an alert a person acts on: m of the last n windows must be anomalous."""

from .errors import ModelError


class Verdict:
    """What one detector says of one window: anomaly is score > threshold."""

    def __init__(self, score, threshold, p_value, judged_by, model_id):
        self.score = score
        self.threshold = threshold
        self.p_value = p_value
        self.judged_by = judged_by
        self.model_id = model_id
        self.anomaly = score > threshold


class Decision:
    """The debounced state of one machine.

    The alert is raised when at least m of the last n windows are anomalous, and it is cleared only when
    at most `clear` of them are: the gap between the two is the hysteresis.

    >>> decision = Decision(m=2, n=3, clear=0)
    >>> [decision.update(anomaly) for anomaly in (True, False, True, False, False, False)]
    [False, False, True, True, True, False]
    """

    def __init__(self, m=3, n=5, clear=0):
        if not (0 <= clear < m <= n and n <= 30):
            raise ModelError(
                "Decision has m %r, n %r, clear %r; expected 0 <= clear < m <= n <= 30." % (m, n, clear)
            )
        self.m = m
        self.n = n
        self.clear = clear
        self.alert = False
        self._recent = 0  # a bit a window, the newest lowest

    def update(self, anomaly):
        """Take in one window's outcome and return whether the alert is on."""
        self._recent = ((self._recent << 1) | bool(anomaly)) & ((1 << self.n) - 1)
        anomalous = bin(self._recent).count("1")
        if anomalous >= self.m:
            self.alert = True
        elif anomalous <= self.clear:
            self.alert = False
        return self.alert
