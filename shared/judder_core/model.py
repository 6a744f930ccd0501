"""A model as it runs: what model_file read, and the distances and verdicts that follow from it."""

import binascii

from . import features, mahalanobis
from .decision import ALARM, NORMAL, NOTICE, Decision, Verdict
from .errors import ModelError

MOST_THRESHOLD = 1e9


class AnyModel:
    """What models of each version have. detectors: in the order of the file, the board's own first.

    model_hash: the first four bytes of the file's SHA-256, as frames carry it.
    most_disturbed: how many disturbed windows may be left out of the evidence, of the last ten (version 1: of
    those in a row). rule: m, n and clear of the Decision. disturbed_g: the swing of a window's quarters from
    which it is disturbed. pose_mean: x, y, z in g, or None where the mounting is not watched.
    """

    version = 0

    def __init__(
        self,
        model_id,
        name,
        sample_rate_hz,
        window_len,
        detectors,
        most_disturbed,
        rule,
        disturbed_g,
        pose_mean,
        pose_tolerance_g,
    ):
        self.model_id = model_id
        self.model_hash = binascii.unhexlify(model_id[-8:])
        self.name = name
        self.sample_rate_hz = sample_rate_hz
        self.window_len = window_len
        self.detectors = detectors
        self.most_disturbed = most_disturbed
        self.rule = rule
        self.disturbed_g = disturbed_g
        self.pose_mean = pose_mean
        self.pose_tolerance_g = pose_tolerance_g

    @property
    def mode_names(self):
        """Of the operating modes, by number."""
        raise NotImplementedError

    def decision(self):
        """Return a fresh Decision, the state of one machine."""
        return Decision(*self.rule)

    def fits(self, window_len, sample_rate_hz):
        """Return None if windows of this length and rate can be scored, else why not.

        A board's crystal and a sensor's own clock differ by percents: 5 % are let pass.
        """
        if window_len != self.window_len:
            return "windows have %d samples; model %s needs %d" % (window_len, self.model_id, self.window_len)
        if abs(sample_rate_hz / self.sample_rate_hz - 1) > 0.05:
            return "windows are sampled at %.1f Hz; model %s needs %.1f" % (
                sample_rate_hz,
                self.model_id,
                self.sample_rate_hz,
            )
        return None


class Mode:
    """One operating mode. mean: of its features. metrics: a mahalanobis.Metric for each of the model's."""

    def __init__(self, name, mean, metrics):
        self.name = name
        self.mean = mean
        self.metrics = metrics


class Model(AnyModel):
    """A checked model of version 2; detectors share all that is here.

    feature_set: its name. modes: Modes. metrics: (level, windows) each: a distance of the mean residual of so
    many windows counts towards that level. lengths: how many those are, rising. standstill_g: up to which rms
    a machine stands still, or None.
    """

    version = 2

    def __init__(self, feature_set, modes, metrics, standstill_g, *common):
        AnyModel.__init__(self, *common)
        self.feature_set = feature_set
        self.modes = modes
        self.metrics = metrics
        self.lengths = sorted(set([windows for _, windows in metrics]))
        self.standstill_g = standstill_g

    @property
    def mode_names(self):
        return [mode.name for mode in self.modes]

    def stands_still(self, rms_g):
        """Return whether a window of that rms shows a machine at rest. One that does not move at all shows a
        sensor that is stuck: each has noise.
        """
        return self.standstill_g is not None and 0 < rms_g <= self.standstill_g

    def features(self, numeric, counts, scale_g, axes=None):
        """Return the features of a window in their own units, see features.compute()."""
        return features.compute(numeric, self.feature_set, counts, scale_g, self.pose_mean, axes)

    def residual(self, numeric, measured, mode):
        """Return measured features less the mean of the mode of that number, as a row of float32."""
        return mahalanobis.residual(measured, self.modes[mode].mean, numeric)

    def distance(self, numeric, residual, mode, metric=0):
        """Return how far a residual of that mode is, under the metric of that number."""
        return mahalanobis.distance(residual, self.modes[mode].metrics[metric], numeric)

    def distances(self, numeric, measured):
        """Return the distances of measured features from each mode, under the first metric."""
        return [
            self.distance(numeric, self.residual(numeric, measured, mode), mode)
            for mode in range(len(self.modes))
        ]

    def scores(self, numeric, detector, mode, windows, mean):
        """Return [notice, alarm] of the mean residual of so many windows, re-attached to a mode: the largest
        score under the metrics of that level, None where none of them takes so many.
        """
        factor = detector.factor(numeric, mean, self.modes[mode])
        found = [None, None]
        for metric in range(len(self.metrics)):
            level, taken = self.metrics[metric]
            if taken == windows:
                score = self.distance(numeric, mean, mode, metric) * factor
                before = found[level - NOTICE]
                found[level - NOTICE] = score if before is None else numeric.maximum(before, score)
        return found


class AnyDetector:
    """What detectors of each version and kind have.

    threshold and window_calibration: of a window's own score; combined_threshold and calibration: of the
    combined score. A board drops both tables. grey_zone: the combined scores between which the host is asked,
    or None.
    """

    kind = None

    def __init__(
        self,
        model_id,
        feature_set,
        threshold,
        combined_threshold,
        window_calibration,
        calibration,
        grey_zone,
    ):
        check_threshold(threshold)
        check_threshold(combined_threshold)
        self.model_id = model_id
        self.feature_set = feature_set
        self.threshold = threshold
        self.combined_threshold = combined_threshold
        self.window_calibration = window_calibration
        self.calibration = calibration
        self.grey_zone = grey_zone

    def compare(self, score, combined_score, judged_by):
        """Return a Verdict, without a level yet, on a window's score and the combined one (None: too few
        windows yet).
        """
        verdict = Verdict(score, self.threshold, judged_by, self.model_id)
        verdict.combined_score, verdict.combined_threshold = combined_score, self.combined_threshold
        table, seen = self.window_calibration, score
        if combined_score is not None:
            table, seen = self.calibration, combined_score
        if table:
            verdict.p_value, verdict.p_value_is_bound = table.p_value(seen), table.is_beyond(seen)
        return verdict

    def in_grey_zone(self, combined_score):
        """Return whether combined_score is too near the threshold for this detector to be sure."""
        zone = self.grey_zone
        return zone is not None and combined_score is not None and zone[0] <= combined_score <= zone[1]


class Detector(AnyDetector):
    """A Mahalanobis detector of version 2, and what its other kinds share.

    combined_threshold: of the evidence for a notice; alarm_threshold: of that for an alarm.
    """

    kind = "mahalanobis"

    def __init__(self, model_id, feature_set, thresholds, *common):
        threshold, combined_threshold, self.alarm_threshold = thresholds
        check_threshold(self.alarm_threshold)
        AnyDetector.__init__(self, model_id, feature_set, threshold, combined_threshold, *common)

    def factor(self, numeric, residual, mode):
        """Return what the distances of a residual are multiplied by. Each kind of detector has its own."""
        return 1.0

    def verdict(self, score, combined_score, alarm_score, judged_by):
        """Return the Verdict on a window's score and on the evidence's two (None: too few windows yet)."""
        verdict = self.compare(score, combined_score, judged_by)
        verdict.alarm_score, verdict.alarm_threshold = alarm_score, self.alarm_threshold
        verdict.level = self._level(combined_score, alarm_score)
        return verdict

    def _level(self, combined_score, alarm_score):
        if alarm_score is not None and alarm_score > self.alarm_threshold:
            return ALARM
        if combined_score is not None and combined_score > self.combined_threshold:
            return NOTICE
        return NORMAL


def check_threshold(threshold):
    """Raise ModelError where no score, or every score, is above threshold."""
    if not 0 < threshold < MOST_THRESHOLD:
        raise ModelError("Model has a threshold of %r." % threshold, "Train it again.")


def as_float(value):
    """Return a scalar of any engine as one float."""
    return float(value[0] if hasattr(value, "__len__") else value)
