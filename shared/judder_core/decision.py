"""From verdicts to what a person acts on: three levels, and m of n windows to rise to one."""

from .errors import ModelError

NORMAL, NOTICE, ALARM = 0, 1, 2
LEVELS = ("normal", "notice", "alarm")
STANDSTILL = "standstill"


class Verdict:
    """What one detector says of one window and those before it.

    score: the window's own; anomaly: score > threshold, never of a disturbed window. combined_score: of the
    mean residual of the last windows, for a notice; alarm_score: the same, for an alarm; None until there are
    enough windows. alarm_score and alarm_threshold are None for a model of version 1, too. level: of this
    evidence. p_value: of the combined score, before that of the window's own, None where the calibration was
    dropped; p_value_is_bound: it may be far smaller, since the score is beyond the calibration. state: a word
    of judder_core.states. mode: the number of the operating mode, or None. mounting_changed: it hangs another
    way than in training.
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
        self.alarm_score = None
        self.alarm_threshold = None
        self.level = NORMAL
        self.state = "normal"
        self.mode = None
        self.mounting_changed = False


class Decision:
    """The debounced level of one machine.

    A level is reached when at least m of the last n windows are at it or above, and left only when at most
    `clear` of them are: the gap between the two is the hysteresis.

    >>> decision = Decision(m=2, n=3, clear=0)
    >>> [decision.update(level) for level in (ALARM, ALARM, NOTICE, NORMAL, NORMAL, NORMAL)]
    [0, 2, 2, 2, 1, 0]
    """

    def __init__(self, m=1, n=5, clear=0):
        if not (0 <= clear < m <= n and n <= 30):
            raise ModelError(
                "Decision has m %r, n %r, clear %r; expected 0 <= clear < m <= n <= 30." % (m, n, clear),
                "Train it again.",
            )
        self.m = m
        self.n = n
        self.clear = clear
        self.level = NORMAL
        self._recent = [0, 0]  # of each level above NORMAL: a bit a window, the newest lowest

    @property
    def alert(self):
        return self.level == ALARM

    def take(self, verdict):
        """Take in the next window's verdict and return the level; a standstill leaves it as it is."""
        return self.level if verdict.state == STANDSTILL else self.update(verdict.level)

    def update(self, level):
        """Take in the level of one window's evidence and return the debounced one."""
        reached = NORMAL
        for above in (NOTICE, ALARM):
            recent = (self._recent[above - 1] << 1) | (level >= above)
            self._recent[above - 1] = recent = recent & ((1 << self.n) - 1)
            strange = bin(recent).count("1")
            if strange >= self.m or (strange > self.clear and self.level >= above):
                reached = above
        self.level = reached
        return reached
