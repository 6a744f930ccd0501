"""The reference's Mahalanobis detector, its method written anew: what Judder's own is measured against."""

from dataclasses import replace
from typing import Self

import numpy as np

from judder.data.windows import Windows, in_blocks
from judder.detectors.base import Floats
from judder.model.evidence import disturbed_limit, measure

ROWS = 128
"""Of each window, the first that many are looked at."""
SHARES = (4, 1)
"""Of each recording, what is fitted and what the threshold comes from."""
DEVIATIONS = 3.0
"""The threshold is the mean score of the latter plus so many, as the reference's notebook prints it."""


def first_rows(windows: Windows) -> Windows:
    """Return of each window what the reference looks at."""
    return replace(windows, samples=windows.samples[:, :ROWS])


class ReferenceMahalanobis:
    """The deviations of three axes; one mean and one sample covariance for all conditions, nothing shrunk.

    Its score is the square of the distance.
    """

    def fit(self, windows: Windows) -> Self:
        """Fit on the earlier windows of each recording but the bumped ones, as Judder's own detectors do."""
        measured, block = measure(first_rows(windows), "mad"), in_blocks(windows, SHARES, gap=0)
        calm = measured.swing_g <= disturbed_limit(measured.swing_g[block == 0])
        fitted = measured.features[calm & (block == 0)]
        self.mean_, self.precision_ = fitted.mean(axis=0), np.linalg.inv(np.cov(fitted, rowvar=False))
        held_out = self._squares(measured.features[block == 1])
        self.threshold_ = float(held_out.mean() + DEVIATIONS * held_out.std())
        return self

    def score(self, windows: Windows) -> Floats:
        return self._squares(first_rows(windows).features("mad"))

    def _squares(self, features: Floats) -> Floats:
        off = features - self.mean_
        squares: Floats = np.einsum("ni,ij,nj->n", off, self.precision_, off)
        return squares
