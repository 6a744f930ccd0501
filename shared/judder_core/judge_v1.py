"""The judge of one machine by a model of version 1: one level, and a mounting that changed mutes it."""

from array import array

from . import mahalanobis_v1, pose
from .any_judge import AnyJudge
from .decision import ALARM
from .model import as_float
from .window import AXES

FAR = 2.5  # times the threshold: as far as another operating mode
STEADY = 0.5  # of the mean score: how far the scores of the windows that make up the evidence may spread


class Judge(AnyJudge):
    def __init__(self, model, numeric, judged_by, detector=None):
        AnyJudge.__init__(self, model, numeric, judged_by, detector)
        size = len(self.detector.mean)
        self._evidence = Evidence(model.windows_combined, model.most_disturbed, size, numeric)
        self._scores = array("f", bytes(4 * model.windows_combined))
        self.restart()

    def restart(self):
        """Forget the windows so far: the machine may be another."""
        model = self.model
        self._evidence.clear()
        self._pose = PoseWatch(model.pose_mean, model.pose_tolerance_g, model.windows_combined)
        self._judged = 0

    def update(self, counts, scale_g):
        """Return the Verdict on the next window: counts x, y, z interleaved, g per count."""
        numeric, detector = self._numeric, self.detector
        batch = numeric.batch(counts)
        measured = numeric.vector([as_float(value) for value in detector.features(numeric, batch, scale_g)])
        where, swing_g = pose.measure(numeric, batch, scale_g, self.model.window_len)
        mean = self.gather(measured, as_float(swing_g))
        combined = None if mean is None else as_float(detector.score(numeric, mean))
        score = as_float(detector.score(numeric, measured))
        return self.conclude(score, combined, [as_float(mean_g) for mean_g in where])

    def gather(self, measured, swing_g):
        """Take in one window's features; return the mean features to score, or None while there are few."""
        return self._evidence.add(measured, swing_g > self.model.disturbed_g)

    def conclude(self, score, combined_score, where):
        """Return the Verdict that follows from the two scores and the pose of one window."""
        verdict = self.detector.compare(score, combined_score, self._judged_by)
        watch = self._pose
        watch.update(where)
        self._scores[self._judged % len(self._scores)] = score
        self._judged += 1
        if self._evidence.skipped or watch.outside:
            verdict.anomaly = False
        over = combined_score is not None and combined_score > verdict.combined_threshold
        if over and not (watch.outside or watch.changed):
            verdict.level = ALARM
        verdict.mounting_changed = watch.changed
        if watch.changed:
            verdict.state = "mounting changed"
        elif self._evidence.skipped or watch.outside:
            verdict.state = "disturbed"
        elif over:
            verdict.state = "unknown mode" if self._is_another_mode(verdict) else "alarm"
        return verdict

    def _is_another_mode(self, verdict):
        """Far from every mode, and steady. A strong steady fault looks the same: the words say so."""
        mean = sum(self._scores) / len(self._scores)
        spread = max(self._scores) - min(self._scores)
        far = verdict.combined_score > FAR * verdict.combined_threshold
        return far and len(self.detector.modes) > 1 and spread <= STEADY * mean


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
        return mahalanobis_v1.average(self._rows, self._windows, self._numeric)


class PoseWatch:
    """Whether the pose lies more than tolerance_g off the one of training, and whether it stays there.

    mean: x, y, z in g as trained, or None where the data had no gravity to tell a pose by. outside: the last
    window's pose is off. changed: that of `windows` windows in a row was; it ends the same way.
    """

    def __init__(self, mean, tolerance_g, windows):
        self._mean = mean
        self._limit = tolerance_g * tolerance_g
        self._windows = windows
        self._disagreeing = 0
        self.outside = False
        self.changed = False

    def update(self, pose):
        """Take in one window's pose."""
        if self._mean is None:
            return
        gaps = [pose[k] - self._mean[k] for k in range(AXES)]
        self.outside = sum([gap * gap for gap in gaps]) > self._limit
        self._disagreeing = self._disagreeing + 1 if self.outside != self.changed else 0
        if self._disagreeing >= self._windows:
            self.changed = self.outside
            self._disagreeing = 0
