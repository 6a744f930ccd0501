"""A model of version 1 as it runs: features standardised, one threshold, no levels."""

from . import features, mahalanobis_v1
from .errors import ModelError
from .model import AnyDetector, AnyModel


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


class Detector(AnyDetector):
    """What all kinds of detector share: standardised features in, a score, its p-value and verdict out.

    mean, std: of the features. modes: operating modes, for those kinds that have them.
    """

    modes = ()

    def __init__(self, model_id, feature_set, mean, std, *common):
        AnyDetector.__init__(self, model_id, feature_set, *common)
        if min(std) <= 0:
            raise ModelError("Model has a standard deviation of 0.", "Train it again.")
        self.mean = mean
        self.std = std

    def features(self, numeric, counts, scale_g):
        """Return the features of a window as they are measured, in their own units."""
        return features.compute(numeric, self.feature_set, counts, scale_g)

    def score(self, numeric, measured):
        """Return the score of measured features; higher is stranger."""
        return self.score_scaled(numeric, mahalanobis_v1.standardised(measured, self.mean, self.std, numeric))

    def score_scaled(self, numeric, scaled):
        """Return the score of standardised features. Each kind of detector has its own."""
        raise NotImplementedError


class MahalanobisDetector(Detector):
    """The smallest Mahalanobis distance over the operating modes: (name, mean, packed whitening matrix)."""

    kind = "mahalanobis"

    def score_scaled(self, numeric, scaled):
        nearest = None
        for _, mean, packed in self.modes:
            distance = mahalanobis_v1.distance(scaled, mean, packed, numeric)
            nearest = distance if nearest is None else numeric.minimum(nearest, distance)
        return nearest
