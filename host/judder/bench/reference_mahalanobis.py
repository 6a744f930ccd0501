"""The reference's Mahalanobis detector, its method written anew: what Judder's own is measured against."""

from dataclasses import replace
from typing import Self

import numpy as np
from judder_core import fit

from judder.data.windows import Windows
from judder.detectors import MahalanobisDetector
from judder.detectors.base import Floats, Names

ROWS = 128
"""Of each window, the first that many are looked at."""


def first_rows(windows: Windows) -> Windows:
    """Return of each window what the reference looks at."""
    return replace(windows, samples=windows.samples[:, :ROWS])


class ReferenceMahalanobis(MahalanobisDetector):
    """One mean and one sample covariance for all operating modes, nothing shrunk.

    Its score is the distance where the reference's is the square: that orders windows alike.
    """

    def fit(self, features: Floats, operating_modes: Names) -> Self:
        covariance = np.cov(features, rowvar=False)
        self.mean_, self.std_ = features.mean(axis=0), np.sqrt(np.diag(covariance))
        packed = fit.whitening((covariance / np.outer(self.std_, self.std_)).tolist())
        self.modes_ = [("all", np.zeros(len(self.mean_)), np.array(packed))]
        return self
