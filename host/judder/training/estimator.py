"""A detector in scikit-learn's shape: arrays in, arrays out, thresholds as attributes."""

from dataclasses import dataclass, fields
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from judder.data.sources import Source
from judder.detectors.autoencoder import SEEDS
from judder.errors import JudderError
from judder.training.false_alarms import ALARM_WISH, NOTICE_WISH
from judder.training.fitting import FEATURES
from judder.training.train import train


@dataclass
class AnomalyDetector:
    """Learns a machine's normal windows, and scores others.

    X: samples in g, (n, window_len, 3), windows that followed one another in time; or one recording (rows,
    3), an array or a data frame, which is cut into windows of window_len. Do not shuffle: the order is that
    of time. Each window calibrates a model of others.

    Higher scores are stranger and 1 is an anomaly, as PyOD has it; score_samples() and predict() of
    scikit-learn have the opposite sign and -1. The parameters are those of judder.train.

    model_: the judder.Model. threshold_, combined_threshold_: what a window's own score, and that of the last
    windows together, may reach. warnings_: sentences on what the model cannot promise.
    """

    sample_rate_hz: float
    window_len: int | None = None
    features: str = FEATURES
    notices: str = NOTICE_WISH
    false_alarms: str = ALARM_WISH
    detector: str = "mahalanobis"
    seeds: int = SEEDS

    def fit(self, X: Source, y: object = None) -> Self:  # noqa: N803 - scikit-learn's name
        """Learn from X, all of it normal. y is not looked at. Raises JudderError."""
        self.model_ = train(X, **self.get_params())
        self.threshold_, self.combined_threshold_ = self.model_.threshold, self.model_.combined_threshold
        self.warnings_ = self.model_.warnings
        return self

    def score_samples(self, X: Source) -> NDArray[np.float64]:  # noqa: N803
        """Return a score for each window of X, (n,); higher is stranger. Raises JudderError before fit()."""
        if not hasattr(self, "model_"):
            raise JudderError("The detector has learned nothing yet.", hint="Call fit() with normal windows.")
        return self.model_.score(X, sample_rate_hz=self.sample_rate_hz).score

    def predict(self, X: Source) -> NDArray[np.int64]:  # noqa: N803
        """Return 1 for each window of X whose score is above threshold_, else 0, (n,).

        What a watch makes of it, bumps left out and several windows together, is model_.score(X).alert.
        """
        return (self.score_samples(X) > self.threshold_).astype(np.int64)

    def get_params(self, deep: bool = True) -> dict[str, Any]:
        """Return the parameters by name, as scikit-learn's clone() and searches ask for them."""
        return {field.name: getattr(self, field.name) for field in fields(self)}

    def set_params(self, **params: Any) -> Self:
        """Change parameters by name. Raises TypeError for one that there is not."""
        self.__init__(**{**self.get_params(), **params})  # type: ignore[misc]
        return self
