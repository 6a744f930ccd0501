"""The judge of one machine: its windows in, verdicts out."""

from array import array

from . import pose
from .decision import Evidence
from .model import as_float
from .pose import PoseWatch

FAR = 2.5  # times the threshold: as far as another operating mode
MOST_MISSED = 5  # windows in a row; after more of them the machine may be another than it was
STEADY = 0.5  # of the mean score: how far the scores of the windows that make up the evidence may spread


class Judge:
    """What a model says of one machine's windows, one after another.

    detector: one of the model's, the first unless given. judged_by: "board" or "host".
    """

    def __init__(self, model, numeric, judged_by, detector=None):
        self.model = model
        self.detector = detector or model.detectors[0]
        self._numeric = numeric
        self._judged_by = judged_by
        self._boot_id = self._seq = None
        size = len(self.detector.mean)
        self._evidence = Evidence(model.windows_combined, model.most_disturbed, size, numeric)
        self._scores = array("f", bytes(4 * model.windows_combined))
        self.restart()

    def follow(self, boot_id, seq):
        """Say which window comes next. What was seen before counts where only few are missing between."""
        if boot_id != self._boot_id or not 0 < seq - self._seq <= MOST_MISSED + 1:
            self.restart()
        self._boot_id, self._seq = boot_id, seq

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
        verdict = self.detector.verdict(score, combined_score, self._judged_by)
        watch = self._pose
        watch.update(where)
        self._scores[self._judged % len(self._scores)] = score
        self._judged += 1
        if self._evidence.skipped or watch.outside:
            verdict.anomaly = False
        verdict.alarming = verdict.combined_anomaly and not (watch.outside or watch.changed)
        if watch.changed:
            verdict.state = "mounting changed"
        elif self._evidence.skipped or watch.outside:
            verdict.state = "disturbed"
        elif verdict.combined_anomaly:
            verdict.state = "unknown mode" if self._is_another_mode(verdict) else "suspect"
        return verdict

    def _is_another_mode(self, verdict):
        """Far from every mode, and steady. A strong steady fault looks the same: the words say so."""
        mean = sum(self._scores) / len(self._scores)
        spread = max(self._scores) - min(self._scores)
        far = verdict.combined_score > FAR * verdict.combined_threshold
        return far and len(self.detector.modes) > 1 and spread <= STEADY * mean
