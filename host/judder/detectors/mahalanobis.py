"""How far a machine is from its operating mode, in units of what its windows and days do by themselves."""

from typing import Self

import numpy as np
from judder_core.decision import ALARM

from judder.detectors.base import Floats, Metric, Rows
from judder.detectors.days import day_scatter
from judder.detectors.shrinkage import ledoit_wolf

PRIOR_WINDOWS = 10
"""How many windows the other modes' variances count for: a mode of few windows borrows from them."""
OWN_CORRELATION = 40
"""Windows from which a mode has a correlation of its own; before, that of all modes."""
OWN_BYTES = 12_500
"""Of a model file that modes' own matrices may take; where they take more, modes share them."""
BLOCK = 30
"""Windows whose mean tells how the machine wanders within a recording."""
NOTICE_SHARE = 0.25
"""Of a plausible day's deviation: what is surely within the recordings is not yet a notice."""
PRIOR_BLOCKS, PRIOR_SESSIONS = 4, 4
"""How many blocks, or sessions, the prior of a day counts for."""


class MahalanobisDetector:
    """The moments of each mode, and the metrics that follow from them.

    The mean of m windows of a mode of n windows lies about the mode's learned mean with the covariance

        S = C (1 / m + 2 / n) + D

    C: of single windows. D: what does not average out: how the machine wanders within a recording and from
    one to the next, where that was seen, and a prior of what a day does (see judder.detectors.days). For a
    NOTICE it is what the recordings show; for an ALARM a plausible day comes on top, a sensor that was
    hung back askew, and a speed a little off; all give way to the scatter of sessions as more are known.

    feature_set: its name. floor: the least standard deviation of a feature that is believed. hop_share: rows
    from one window to the next, over a window's: 1 where they touch.

    names_, means_, windows_, sessions_: see Baseline. sessions_seen_: beyond the first of each mode, summed.
    """

    kind = "mahalanobis"

    def __init__(self, feature_set: str, floor: float, hop_share: float = 1.0) -> None:
        self.feature_set = feature_set
        self.floor = floor
        self.hop_share = hop_share

    def fresh(self) -> Self:
        return type(self)(self.feature_set, self.floor, self.hop_share)

    def fit(self, rows: Rows) -> Self:
        self.names_ = list(dict.fromkeys(rows.mode.tolist()))
        modes = [_Sessions(rows, name) for name in self.names_]
        self.means_ = np.array([mode.mean for mode in modes])
        self.windows_ = [len(mode.residuals) for mode in modes]
        self.sessions_ = [len(mode.means) for mode in modes]
        self.sessions_seen_ = sum(count - 1 for count in self.sessions_)
        self._changes = [rows.changes.get(name, np.zeros(2 * [self.means_.shape[1]])) for name in self.names_]
        self._covariances = self._of_windows([mode.residuals for mode in modes])
        self._between = sum(mode.between for mode in modes) / max(1, self.sessions_seen_)
        blocks = [mode.of_blocks(max(2, round(BLOCK / self.hop_share))) for mode in modes]
        self._blocks = sum(freedom for _, freedom in blocks)
        self._wander = sum(scatter for scatter, _ in blocks) / max(1, self._blocks)
        return self

    @property
    def is_shared(self) -> bool:
        """Whether the modes share one matrix, each with a stretch of its own."""
        modes, size = self.means_.shape
        a_matrix = (size * (size + 1) + 4 * size) * 4 / 3  # whole numbers and scales, in base64
        return bool(2 * modes * a_matrix > OWN_BYTES)

    def whitening(self, metric: Metric) -> list[Floats]:
        if not self.is_shared:
            return [_whitening(covariance) for covariance in self._totals(metric)]
        shape, stretches = self.shared(metric)
        return [stretch[:, None] * shape for stretch in stretches]

    def shared(self, metric: Metric) -> tuple[Floats, list[Floats]]:
        """Return (W, stretch of each mode): W whitens the modes' mean correlation."""
        totals = self._totals(metric)
        deviations = [np.sqrt(np.diag(total)) for total in totals]
        correlation = np.mean(
            [total / np.outer(sd, sd) for total, sd in zip(totals, deviations, strict=True)], axis=0
        )
        return _whitening(correlation), [1 / sd for sd in deviations]

    def _totals(self, metric: Metric) -> list[Floats]:
        """Return S of each mode."""
        seen = 1 + (metric.windows - 1) * self.hop_share
        return [
            covariance * (1 / seen + 2 / max(1.0, n * self.hop_share)) + self._days(mode, metric.level)
            for mode, (covariance, n) in enumerate(zip(self._covariances, self.windows_, strict=True))
        ]

    def _days(self, mode: int, level: int) -> Floats:
        """Return D of a mode, by its number."""
        prior, seen = day_scatter(self.feature_set, self.means_[mode]), self.sessions_seen_
        within = NOTICE_SHARE**2 * prior
        wander = (PRIOR_BLOCKS * within + self._blocks * self._wander) / (PRIOR_BLOCKS + self._blocks)
        of_mean = self._between / (seen + 1)
        days: Floats = within + wander + of_mean
        if level == ALARM:
            unseen = PRIOR_SESSIONS / (PRIOR_SESSIONS + max(0, seen - 3))
            days = days + (prior + self._changes[mode]) * unseen + of_mean
        return days

    def _of_windows(self, residuals: list[Floats]) -> list[Floats]:
        """Return C of each mode: variances drawn towards the mean of all, correlations towards none."""
        within = np.mean([rows.var(axis=0) for rows in residuals], axis=0)
        variances = [
            (len(rows) * rows.var(axis=0) + PRIOR_WINDOWS * within) / (len(rows) + PRIOR_WINDOWS)
            + self.floor**2
            for rows in residuals
        ]
        scaled = [rows / np.sqrt(variance) for rows, variance in zip(residuals, variances, strict=True)]
        pooled = ledoit_wolf(np.concatenate(scaled))
        few = OWN_CORRELATION / self.hop_share
        own = [pooled if self.is_shared or len(rows) < few else ledoit_wolf(rows) for rows in scaled]
        return [
            correlation * np.sqrt(np.outer(variance, variance))
            for correlation, variance in zip(own, variances, strict=True)
        ]


class _Sessions:
    """The windows of one mode, session by session. mean: of the sessions' means. residuals: from these.

    between: the summed squares of the sessions' means about their own.
    """

    def __init__(self, rows: Rows, mode: str) -> None:
        parts = [rows.features[where] for (name, _), where in rows.stretches().items() if name == mode]
        self.means = np.array([part.mean(axis=0) for part in parts])
        self.mean = self.means.mean(axis=0)
        self._parts = [part - mean for part, mean in zip(parts, self.means, strict=True)]
        self.residuals = np.concatenate(self._parts)
        gaps = self.means - self.mean
        self.between = gaps.T @ gaps

    def of_blocks(self, length: int) -> tuple[Floats, int]:
        """Return (summed squares of the means of blocks of that many windows about their session's, how many
        of them are free).
        """
        scatter, free = np.zeros((self.mean.size, self.mean.size)), 0
        for part in self._parts:
            number = len(part) // length
            if number > 1:
                means = part[: number * length].reshape(number, length, -1).mean(axis=1)
                gaps = means - means.mean(axis=0)
                scatter, free = scatter + gaps.T @ gaps, free + number - 1
        return scatter, free


def _whitening(covariance: Floats) -> Floats:
    """Return W, upper triangular, with W @ W.T the inverse of covariance."""
    lower = np.linalg.cholesky(covariance)
    whitening: Floats = np.linalg.inv(lower).T
    return whitening
