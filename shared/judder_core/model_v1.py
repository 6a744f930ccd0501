"""A model of version 1 as it runs: features standardised, one threshold, no levels."""

from . import features, mahalanobis_v1
from .decision import Verdict
from .errors import ModelError
from .model import AnyModel, check_threshold


class Model(AnyModel):
    """A checked model of version 1. windows_combined: how many windows' features make up the evidence."""

    version = 1

    def __init__(self, windows_combined, *common):
        AnyModel.__init__(self, *common)
        self.windows_combined = windows_combined

    @property
    def mode_names(self):
        """Of the first detector's operating modes."""
        return [name for name, _, _ in self.detectors[0].modes]


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
        if min(std) <= 0:
            raise ModelError("Model has a standard deviation of 0.", "Train it again.")
        check_threshold(threshold)
        check_threshold(combined_threshold)
        self.model_id = model_id
        self.feature_set = feature_set
        self.mean = mean
        self.std = std
        self.threshold = threshold
        self.combined_threshold = combined_threshold
        self.window_calibration = window_calibration
        self.calibration = calibration
        self.grey_zone = grey_zone

    def features(self, numeric, counts, scale_g):
        """Return the features of a window as they are measured, in their own units."""
        return features.compute(numeric, self.feature_set, counts, scale_g)

    def score(self, numeric, measured):
        """Return the score of measured features; higher is stranger."""
        return self.score_scaled(numeric, mahalanobis_v1.standardised(measured, self.mean, self.std, numeric))

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
            distance = mahalanobis_v1.distance(scaled, mean, packed, numeric)
            nearest = distance if nearest is None else numeric.minimum(nearest, distance)
        return nearest
