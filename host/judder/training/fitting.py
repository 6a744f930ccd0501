"""From normal windows to a fitted and calibrated model.

All windows are fitted, and all calibrate: each is scored by a model of other windows of the same recordings
(see folds). Nothing is shuffled.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from judder_core import features
from judder_core.decision import ALARM, NOTICE
from judder_core.model_file import MAX_NAME, is_name
from numpy.typing import NDArray

from judder.data.windows import Windows
from judder.detectors import MahalanobisDetector
from judder.detectors.base import Baseline, Floats, Metric, Rows, Weigher, fit_weigher
from judder.detectors.days import day_scatter
from judder.errors import JudderError
from judder.model.evidence import Measured, disturbed_limit, measure
from judder.quality.samples import GRAVITY_G
from judder.training.changes import change_scatter
from judder.training.enough import check_lengths, check_numbers, check_variety
from judder.training.false_alarms import Wish
from judder.training.folds import LEAST_SCORES, unseen_scores
from judder.training.modes import find_modes
from judder.training.progress import CALIBRATING, FITTING, MEASURING, Progress, Step, silent
from judder.training.standstill import standstill_limit
from judder.training.thresholds import Scores, bounds

FEATURES = "directional"
EVIDENCE = (Metric(NOTICE, 5), Metric(ALARM, 5))
"""The first is what single windows are measured by, too."""
LONG = (30, 300)
"""Windows of longer means for a NOTICE ..."""
LONG_NEEDS = 30
"""... of recordings with this many times as many windows: shorter ones do not show how a machine wanders."""
MakeBaseline = Callable[[str, float, float], Baseline]
"""Of a feature set, the least deviation that is believed, and hop_share_of() the windows."""


@dataclass(frozen=True)
class TrainingOptions:
    """name: the model's. notices, false_alarms: the wishes for NOTICE and ALARM. baseline: makes what knows
    the modes; weigher: what multiplies its distances, unfitted, or None. Raises JudderError for a name that
    cannot be.
    """

    name: str
    notices: Wish
    false_alarms: Wish
    features: str = FEATURES
    baseline: MakeBaseline = MahalanobisDetector
    weigher: Weigher | None = None

    def __post_init__(self) -> None:
        if not isinstance(self.name, str) or not is_name(self.name):
            raise JudderError(
                f"{self.name!r} can name no model.", hint=f"Use 1 to {MAX_NAME} bytes, no slash among them."
            )


@dataclass(frozen=True)
class Fitted:
    """measured: all windows, turned to pose. used: which of them (n,) were fitted: those neither bumped nor
    at rest, nor of a sensor that is stuck.

    bounds: for each metric how far each mode's windows may come. unseen: what they come from.
    """

    options: TrainingOptions
    measured: Measured
    used: NDArray[np.bool_]
    pose: tuple[float, float, float] | None
    disturbed_g: float
    standstill_g: float | None
    baseline: Baseline
    weigher: Weigher | None
    unseen: Scores
    bounds: dict[Metric, Floats]

    @property
    def metrics(self) -> tuple[Metric, ...]:
        return tuple(self.bounds)


def fit(windows: Windows, options: TrainingOptions, progress: Progress = silent) -> Fitted:
    """Fit and calibrate on windows, all of them normal.

    Each condition is an operating mode, or several that are found. Raises JudderError where there are too few
    windows, or one feature never changes.
    """
    progress(Step(MEASURING))
    pose = pose_of(windows)
    measured = measure(windows, options.features, pose)
    disturbed_g = disturbed_limit(measured.swing_g)
    standstill_g = standstill_limit(measured)
    used = is_running(measured, disturbed_g, standstill_g)
    check_variety(measured.features[used], options.features)
    used &= moves(measured)
    check_numbers(windows, used)
    check_variety(measured.features[used], options.features)
    measured = _with_modes(measured, used, options.features)
    progress(Step(FITTING))
    rows, hop_share = _rows(measured.select(used), options.features, pose), hop_share_of(windows)
    baseline = options.baseline(options.features, _floor(options.features), hop_share).fit(rows)
    weigher = fit_weigher(options.weigher, baseline, rows, EVIDENCE[0])
    progress(Step(CALIBRATING))
    metrics = (*EVIDENCE, *(Metric(NOTICE, m) for m in LONG if len(rows) * hop_share >= LONG_NEEDS * m))
    unseen = calibrate(rows, baseline, weigher, metrics, hop_share, windows.step_s)
    return Fitted(
        options,
        measured,
        used,
        pose,
        disturbed_g,
        standstill_g,
        baseline,
        weigher,
        unseen,
        limits(unseen, len(baseline.names_), options),
    )


def is_running(measured: Measured, disturbed_g: float, standstill_g: float | None) -> NDArray[np.bool_]:
    """Return in which windows, (n,), the machine runs undisturbed."""
    calm: NDArray[np.bool_] = measured.swing_g <= disturbed_g
    return calm if standstill_g is None else calm & (measured.rms_g > standstill_g)


def moves(measured: Measured) -> NDArray[np.bool_]:
    """Return in which windows, (n,), anything moves, be it by noise alone: in others the sensor is stuck."""
    moving: NDArray[np.bool_] = measured.rms_g > 0
    return moving


def _with_modes(measured: Measured, used: NDArray[np.bool_], feature_set: str) -> Measured:
    """Return measured, the modes that are found in the windows used in place of their conditions."""
    running = measured.select(used)
    days = day_scatter(feature_set, running.features.mean(axis=0))
    hop_share = hop_share_of(measured.windows)
    modes = measured.mode.astype(object)
    modes[used] = find_modes(running.windows, running.features, _floor(feature_set), days, hop_share)
    return replace(measured, mode=modes.astype(str))


def _rows(running: Measured, feature_set: str, pose: Sequence[float] | None) -> Rows:
    """Return the rows to fit, with what another mounting and another speed do to each mode."""
    changes = change_scatter(running, feature_set, pose)
    return Rows(running.features, running.mode, running.windows.group, changes)


def _floor(feature_set: str) -> float:
    """Return the least standard deviation of a feature that is believed."""
    return float(features.load(feature_set).DEVIATION_FLOOR)


def calibrate(
    rows: Rows,
    baseline: Baseline,
    weigher: Weigher | None,
    metrics: tuple[Metric, ...],
    hop_share: float,
    step_s: float,
) -> Scores:
    """Return the scores of windows that were not fitted. Raises JudderError where they are too few.

    A longer mean is left out where hardly any recording is long enough for it.
    """
    check_lengths(rows, EVIDENCE[0].windows)
    window, unseen = unseen_scores(rows, baseline, weigher, metrics, EVIDENCE[0])
    enough = {
        metric: each
        for metric, each in unseen.items()
        if metric in EVIDENCE or len(each.score) >= LEAST_SCORES
    }
    scores = Scores(enough, window, rows.features.shape[1], hop_share, step_s)
    scores.check()
    return scores


def limits(unseen: Scores, modes: int, options: TrainingOptions) -> dict[Metric, Floats]:
    """Return how far the windows of each mode, (modes,), may come under each metric."""
    return {
        metric: bounds(unseen, metric, modes, options.notices, options.false_alarms)
        for metric in unseen.unseen
    }


def hop_share_of(windows: Windows) -> float:
    """Return the rows from one window to the next, over a window's: 1 where they touch."""
    return min(1.0, windows.step_s * windows.sample_rate_hz / windows.window_len)


def pose_of(windows: Windows) -> tuple[float, float, float] | None:
    """Return the mean direction of gravity, in g, or None where the samples have none."""
    means: Any = (windows.samples.mean(axis=1) * windows.scale_g[:, None]).mean(axis=0)
    if not GRAVITY_G[0] <= float(np.linalg.norm(means)) <= GRAVITY_G[1]:
        return None
    x, y, z = means.tolist()
    return x, y, z
