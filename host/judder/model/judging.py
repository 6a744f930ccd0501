"""The verdicts of a model on many windows: what needs no memory of the machine is done for all at once."""

from array import array
from collections.abc import Sequence
from typing import cast

import numpy as np
from judder_core.decision import Verdict
from judder_core.judge import Judge, Motion, settled
from judder_core.model import Detector, Model
from numpy.typing import NDArray

from judder.data.windows import Windows
from judder.engine import numeric_numpy
from judder.model.evidence import Measured, measure

Floats = NDArray[np.float64]
Whole = NDArray[np.int64]


def verdicts(model: Model, windows: Windows, detector: Detector) -> list[Verdict]:
    """Return what the judge of one machine says of each window, anew after each gap."""
    measured = measure(windows, model.feature_set, model.pose_mean)
    judges = [(Judge(model, numeric_numpy, "host", detector), run) for run in windows.runs()]
    mode, is_nearer, score, residual = _settled(model, detector, measured, judges)
    goes = is_nearer & (score > detector.threshold)
    skipped, means = _gather(model, judges, measured, mode, residual, goes)
    notice, alarm = evidence_scores(model, detector, mode, means)
    found = cast(list[Verdict], [None] * len(windows))
    for judge, run in judges:
        for k in run:
            if model.stands_still(measured.rms_g[k]):
                found[k] = judge.stand_still()
                continue
            motion = Motion(measured.pose[k], measured.swing_g[k], measured.rms_g[k], measured.error_g2[k])
            scores = [(_known(notice[k]), _known(alarm[k]))]
            found[k] = judge.conclude(int(mode[k]), bool(skipped[k]), float(score[k]), scores, motion)
    return found


def nearest(model: Model, detector: Detector, features: Floats) -> tuple[Whole, Floats, Floats]:
    """Return (mode (n,), score (n,), residual (n, n_features)) of windows: the number of the nearest mode,
    how far from it each is, and by what.
    """
    distances = np.stack(model.distances(numeric_numpy, list(features.T)))
    mode = distances.argmin(axis=0)
    return mode, *_seen_from(model, detector, features, distances.min(axis=0), mode)


def _settled(
    model: Model, detector: Detector, measured: Measured, judges: Sequence[tuple[Judge, Whole]]
) -> tuple[Whole, NDArray[np.bool_], Floats, Floats]:
    """Return what nearest() does, each window taken to be of the mode that its judge settles on; and after
    the mode, whether another is nearest (n,) than that of the window before.
    """
    distances = np.stack(model.distances(numeric_numpy, list(measured.features.T)))
    mode = distances.argmin(axis=0)
    strange = distances.min(axis=0) > detector.threshold
    is_nearer = np.zeros(len(mode), bool)
    for _, run in judges:
        before: int | None = None
        for k in run:
            if model.stands_still(measured.rms_g[k]):
                before = None
                continue
            is_nearer[k] = before is not None and mode[k] != before
            if strange[k]:
                mode[k] = settled(distances[:, k], before, detector.threshold)
            before = int(mode[k])
    return mode, is_nearer, *_seen_from(model, detector, measured.features, distances.min(axis=0), mode)


def _seen_from(
    model: Model, detector: Detector, features: Floats, score: Floats, mode: Whole
) -> tuple[Floats, Floats]:
    """Return (score (n,), residual (n, n_features)) of windows of these modes, by number."""
    means = np.array([mode.mean for mode in model.modes])
    residual = np.float32(features - means[mode]).astype(float)
    for number in range(len(model.modes)):
        mine = mode == number
        score[mine] *= detector.factor(numeric_numpy, list(residual[mine].T), model.modes[number])
    return score, residual


def evidence_scores(
    model: Model, detector: Detector, mode: Whole, means: Sequence[Floats]
) -> tuple[Floats, Floats]:
    """Return (combined_score, alarm_score), (n,) each, NaN where there is none.

    mode: the number of each window's. means: for each of the model's lengths the mean residual of the last
    windows, (n, n_features), NaN while there are too few.
    """
    found = np.full((2, len(mode)), np.nan)
    for windows, mean in zip(model.lengths, means, strict=True):
        for number in range(len(model.modes)):
            mine = (mode == number) & ~np.isnan(mean[:, 0])
            scores = model.scores(numeric_numpy, detector, number, windows, list(mean[mine].T))
            for level, score in enumerate(scores):
                if score is not None:
                    found[level, mine] = np.fmax(found[level, mine], score)
    return found[0], found[1]


def _gather(
    model: Model,
    judges: Sequence[tuple[Judge, Whole]],
    measured: Measured,
    mode: Whole,
    residual: Floats,
    goes: NDArray[np.bool_],
) -> tuple[NDArray[np.bool_], list[Floats]]:
    """Return (skipped (n,), means): whether a window is left out of the evidence, and what that then is.

    goes: in which windows, (n,), the machine goes to another mode.
    """
    skipped = np.zeros(len(mode), bool)
    means = [np.full(residual.shape, np.nan) for _ in model.lengths]
    rows = residual.astype(np.float32)
    for judge, run in judges:
        for k in run:
            if model.stands_still(measured.rms_g[k]):
                judge.rest()
                continue
            row = array("f", rows[k].tobytes())
            skipped[k], found = judge.gather(int(mode[k]), row, measured.swing_g[k], bool(goes[k]))
            for mean, known in zip(means, found, strict=True):
                if known is not None:
                    mean[k] = known
    return skipped, means


def _known(score: float) -> float | None:
    return None if np.isnan(score) else float(score)
