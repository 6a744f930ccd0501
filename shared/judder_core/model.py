"""A model as it runs: what model_file read, and the scores and verdicts that follow from it."""

import math

from . import features, mahalanobis
from .decision import Decision, Verdict
from .errors import ModelError


class Model:
    """A checked model. detectors: in the order of the file, the board's own first.

    windows_combined: how many windows' features make up the evidence; most_disturbed: how many in a row may
    be left out of it. rule: m, n and clear of the Decision. disturbed_g: the swing of a window's quarters
    from which it is disturbed. pose_mean: x, y, z in g, or None where the mounting is not watched.
    """

    def __init__(
        self,
        model_id,
        name,
        sample_rate_hz,
        window_len,
        detectors,
        windows_combined,
        most_disturbed,
        rule,
        disturbed_g,
        pose_mean,
        pose_tolerance_g,
    ):
        self.model_id = model_id
        self.name = name
        self.sample_rate_hz = sample_rate_hz
        self.window_len = window_len
        self.detectors = detectors
        self.windows_combined = windows_combined
        self.most_disturbed = most_disturbed
        self.rule = rule
        self.disturbed_g = disturbed_g
        self.pose_mean = pose_mean
        self.pose_tolerance_g = pose_tolerance_g

    @property
    def model_hash(self):
        """The first four bytes of the file's SHA-256, as frames carry it."""
        digits = self.model_id[-8:]
        return bytes([int(digits[k : k + 2], 16) for k in range(0, 8, 2)])

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


class Detector:
    """What all kinds of detector share: standardised features in, a score, its p-value and verdict out.

    mean, std: of the features. threshold and window_calibration: of a window's own score; combined_threshold
    and calibration: of the combined score; a board drops both tables. grey_zone: the combined scores between
    which the host is asked, or None. modes: operating modes, for those kinds that have them.
    """

    kind = None
    modes = ()

    def __init__(
        self,
        model_id,
        feature_set,
        mean,
        std,
        threshold,
        combined_threshold,
        window_calibration,
        calibration,
        grey_zone,
    ):
        if min(std) <= 0 or not (math.isfinite(threshold) and math.isfinite(combined_threshold)):
            raise ModelError(
                "Model has a standard deviation of 0, or no finite threshold.", "Train it again."
            )
        self.model_id = model_id
        self.feature_set = feature_set
        self.mean = mean
        self.std = std
        self.threshold = threshold
        self.combined_threshold = combined_threshold
        self.window_calibration = window_calibration
        self.calibration = calibration
        self.grey_zone = grey_zone

    def features(self, numeric, counts, scale_g, pose=None):
        """Return the features of a window in their own units, see features.compute()."""
        return features.compute(numeric, self.feature_set, counts, scale_g, pose)

    def score(self, numeric, measured):
        """Return the score of measured features; higher is stranger."""
        return self.score_scaled(numeric, mahalanobis.standardised(measured, self.mean, self.std, numeric))

    def score_scaled(self, numeric, scaled):
        """Return the score of standardised features. Each kind of detector has its own."""
        raise NotImplementedError

    def verdict(self, score, combined_score, judged_by):
        """Return the Verdict on a window's score and the combined one (None: too few windows yet)."""
        table, seen = self.window_calibration, score
        if combined_score is not None:
            table, seen = self.calibration, combined_score
        verdict = Verdict(score, self.threshold, judged_by, self.model_id)
        if table:
            verdict.p_value, verdict.p_value_is_bound = table.p_value(seen), table.is_beyond(seen)
        verdict.combined_score = combined_score
        verdict.combined_threshold = self.combined_threshold
        verdict.combined_anomaly = combined_score is not None and combined_score > self.combined_threshold
        return verdict

    def in_grey_zone(self, combined_score):
        """Return whether combined_score is too near the threshold for this detector to be sure."""
        zone = self.grey_zone
        return zone is not None and combined_score is not None and zone[0] <= combined_score <= zone[1]


class MahalanobisDetector(Detector):
    """The smallest Mahalanobis distance over the operating modes: (name, mean, packed whitening matrix)."""

    kind = "mahalanobis"

    def score_scaled(self, numeric, scaled):
        nearest = None
        for _, mean, packed in self.modes:
            distance = mahalanobis.distance(scaled, mean, packed, numeric)
            nearest = distance if nearest is None else numeric.minimum(nearest, distance)
        return nearest


def as_float(value):
    """Return a scalar of any engine as one float."""
    return float(value[0] if hasattr(value, "__len__") else value)
