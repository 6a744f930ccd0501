"""From windows to a fitted and calibrated detector.

The earlier four fifths of each recording are fitted, the last fifth, which follows in time, calibrates:
its scores become p-values and the thresholds. Nothing is shuffled.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from judder_core import features
from judder_core.model_file import MAX_NAME, is_name
from numpy.typing import NDArray

from judder.data.windows import Windows, in_blocks
from judder.detectors import Detector, MahalanobisDetector
from judder.errors import JudderError
from judder.model.evidence import Measured, combine, disturbed_limit, measure
from judder.training.drift import Drift, measure_drift
from judder.training.false_alarms import Wish, parse_wish
from judder.training.modes import find_modes
from judder.training.progress import CALIBRATING, FITTING, MEASURING, Progress, Step, silent
from judder.training.thresholds import Calibrated, calibrate, too_few

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
MakeDetector = Callable[[float], Detector]

FIT, CALIBRATE = 0, 1
SHARES = (4, 1)
LEAST_IN_ONE = 5
"""Windows of a recording that can be split by SHARES."""
FEATURES = "vibration"


@dataclass(frozen=True)
class TrainingOptions:
    """name: the model's. false_alarms: the wish in words, such as "1/week".

    shares: of each recording, what is fitted and, later in time, what calibrates. detector: makes an unfitted
    one, given the least standard deviation of a feature that is believed. Raises JudderError for a name or
    shares that cannot be.
    """

    name: str
    features: str = FEATURES
    false_alarms: str = "1/week"
    shares: tuple[int, int] = SHARES
    detector: MakeDetector = MahalanobisDetector

    def __post_init__(self) -> None:
        if not isinstance(self.name, str) or not is_name(self.name):
            raise JudderError(
                f"{self.name!r} can name no model.", hint=f"Use 1 to {MAX_NAME} bytes, no slash among them."
            )
        if not all(isinstance(share, int) and share > 0 for share in self.shares):
            raise JudderError(f"The shares are {self.shares}.", hint="Give whole numbers above 0, as 4, 1.")


@dataclass(frozen=True)
class Fitted:
    """fit_on, calibrate_on: which windows, (n,) each, were fitted and which calibrate.

    disturbed_g: the swing from which a window counts as bumped; those are not fitted.
    """

    options: TrainingOptions
    measured: Measured
    fit_on: Flags
    calibrate_on: Flags
    disturbed_g: float
    detector: Detector
    drift: Drift
    wish: Wish
    calibrated: Calibrated

    def warnings(self) -> tuple[str, ...]:
        """Return what the person who trains should know, in sentences."""
        share = self.options.shares[CALIBRATE] / sum(self.options.shares)
        step_s = self.measured.windows.step_s
        return (*too_few(self.wish.text, self.calibrated, share, step_s), *self.drift.warnings())


def fit(windows: Windows, options: TrainingOptions, progress: Progress = silent) -> Fitted:
    """Fit and calibrate a detector on windows, all of them normal.

    Each condition is an operating mode, or several that are found. Raises JudderError where there are too few
    windows, or one feature never changes.
    """
    progress(Step(MEASURING))
    block = _split(windows, options.shares)
    measured = measure(windows, options.features)
    disturbed_g = disturbed_limit(measured.swing_g[block == FIT])
    fit_on = (block == FIT) & (measured.swing_g <= disturbed_g)
    _check_variety(measured.features[fit_on], options.features)
    floor: float = features.load(options.features).DEVIATION_FLOOR
    measured = replace(measured, mode=_modes(measured, fit_on, floor))
    progress(Step(FITTING))
    detector = options.detector(floor).fit(measured.features[fit_on], measured.mode[fit_on])
    progress(Step(CALIBRATING))
    means, held_out = combine(measured, disturbed_g), block == CALIBRATE
    drift = measure_drift(measured, means, block == FIT, held_out, detector)
    wish = parse_wish(options.false_alarms)
    calibrated = calibrate(detector, measured, means, held_out, wish, drift)
    return Fitted(options, measured, fit_on, held_out, disturbed_g, detector, drift, wish, calibrated)


def _split(windows: Windows, shares: tuple[int, int]) -> NDArray[np.int64]:
    """Return FIT or CALIBRATE for each window. Raises JudderError where there are none of either."""
    block = in_blocks(windows, shares, gap=0)
    if (block == FIT).any() and (block == CALIBRATE).any():
        return block
    longest = max(map(len, windows.by_recording()))
    if len(windows) >= LEAST_IN_ONE > longest:
        raise JudderError(
            f"No recording is long enough to split into an earlier and a later part: the longest has"
            f" {longest} of the {len(windows)} windows.",
            hint=f"Record at least {LEAST_IN_ONE} windows without a break, and 50 in all: judder record",
        )
    raise JudderError(
        f"{len(windows)} windows are too few to fit on the earlier and calibrate on the last.",
        hint="Record at least 50 windows: judder record",
    )


def _check_variety(values: Floats, feature_set: str) -> None:
    same = np.ptp(values, axis=0) == 0
    if same.any():
        raise JudderError(
            f"Feature {features.names(feature_set)[int(np.argmax(same))]} is the same in all {len(values)}"
            " windows.",
            hint="Is an axis of the sensor stuck? Look at the recording: judder inspect",
        )


def _modes(measured: Measured, fit_on: Flags, floor: float) -> NDArray[np.str_]:
    """Return the operating mode of each window: found in those fitted, else its condition."""
    mode = measured.windows.condition.astype(object)
    mode[fit_on] = find_modes(measured.windows.select(fit_on), measured.features[fit_on], floor)
    return mode.astype(str)
