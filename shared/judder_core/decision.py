"""From windows to an alert a person acts on: evidence of several windows, then m of n."""

from array import array

from .errors import ModelError


class Verdict:
    """What one detector says of one window and those before it.

    score: the window's own; anomaly: score > threshold, never of a disturbed window. combined_score: that of
    the mean features of the last windows, None until there are enough; combined_anomaly: combined_score >
    combined_threshold. p_value: of the combined score, before that of the window's own, None where the
    calibration was dropped; p_value_is_bound: it may be far smaller, since the score is beyond the
    calibration. state: "normal", "disturbed", "suspect", "mounting changed" or "unknown mode". alarming: what
    the Decision is to be told.
    """

    def __init__(self, score, threshold, judged_by, model_id):
        self.score = score
        self.threshold = threshold
        self.p_value = None
        self.p_value_is_bound = False
        self.judged_by = judged_by
        self.model_id = model_id
        self.anomaly = score > threshold
        self.combined_score = None
        self.combined_threshold = None
        self.combined_anomaly = False
        self.alarming = False
        self.state = "normal"


class Evidence:
    """The features of the last windows of one machine, for their mean.

    Averaging features before the distance beats averaging scores, since noise averages out and a fault does
    not. A disturbed window, one that was bumped, is left out unless more than most_disturbed come in a row:
    a machine that always knocks is no bump. size: how many features there are.
    """

    def __init__(self, windows, most_disturbed, size, numeric):
        self._windows = windows
        self._most_disturbed = most_disturbed
        self._numeric = numeric
        # Made once, before the heap is in pieces, and written over in turn.
        self._rows = array("f", bytes(4 * size * windows))
        self.clear()

    def clear(self):
        """Forget all windows."""
        self._taken = self._disturbed = 0
        self.skipped = False  # whether the last window was left out

    def add(self, measured, disturbed):
        """Take in one window's features; return the mean of the last windows, or None while there are few."""
        size = len(measured)
        self._disturbed = self._disturbed + 1 if disturbed else 0
        self.skipped = 0 < self._disturbed <= self._most_disturbed
        if not self.skipped:
            first = self._taken % self._windows * size
            for i in range(size):
                self._rows[first + i] = measured[i]
            self._taken += 1
        if self._taken < self._windows:
            return None
        return self._numeric.average(self._rows, self._windows)


class Decision:
    """The debounced state of one machine.

    The alert is raised when at least m of the last n windows are alarming, and it is cleared only when at
    most `clear` of them are: the gap between the two is the hysteresis.

    >>> decision = Decision(m=2, n=3, clear=0)
    >>> [decision.update(alarming) for alarming in (True, False, True, False, False, False)]
    [False, False, True, True, True, False]
    """

    def __init__(self, m=1, n=5, clear=0):
        if not (0 <= clear < m <= n and n <= 30):
            raise ModelError(
                "Decision has m %r, n %r, clear %r; expected 0 <= clear < m <= n <= 30." % (m, n, clear)
            )
        self.m = m
        self.n = n
        self.clear = clear
        self.alert = False
        self._recent = 0  # a bit a window, the newest lowest

    def update(self, alarming):
        """Take in one window's outcome and return whether the alert is on."""
        self._recent = ((self._recent << 1) | bool(alarming)) & ((1 << self.n) - 1)
        recent = bin(self._recent).count("1")
        if recent >= self.m:
            self.alert = True
        elif recent <= self.clear:
            self.alert = False
        return self.alert
