"""From the scores of windows held out to thresholds: the wish for few false alarms, and what data show."""

from dataclasses import dataclass

import numpy as np
from judder_core import fit
from numpy.typing import NDArray

from judder.detectors import Detector
from judder.errors import JudderError
from judder.model.evidence import WINDOWS_COMBINED, Measured
from judder.training.drift import Drift
from judder.training.false_alarms import Wish

Floats = NDArray[np.float64]

LEAST_CALIBRATING = 6


@dataclass(frozen=True)
class Calibrated:
    """The scores of the windows held out, and what follows from them and the wish."""

    scores: Floats
    combined: Floats
    threshold: float
    combined_threshold: float
    per_window: float
    achievable: float


def calibrate(
    detector: Detector,
    measured: Measured,
    means: Floats,
    held_out: NDArray[np.bool_],
    wish: Wish,
    drift: Drift,
) -> Calibrated:
    """Return the thresholds that the windows held out and the wish lead to.

    A wish in alerts per time allows for windows that alert together: their evidence overlaps.
    """
    scores = detector.score(measured.features[held_out])
    with_evidence = held_out & ~np.isnan(means[:, 0])
    if with_evidence.sum() < LEAST_CALIBRATING:
        raise JudderError(
            f"{int(with_evidence.sum())} windows are left to calibrate on; at least {LEAST_CALIBRATING} are"
            " needed.",
            hint="Record at least 50 windows: judder record",
        )
    combined = detector.score(means[with_evidence])
    step_s = measured.windows.step_s
    together = _together(combined)
    per_window = wish.per_window(step_s)
    counted = per_window if wish.share is not None else min(1.0, per_window * together)
    threshold, _ = fit.threshold(scores.tolist(), per_window)
    combined_threshold, achievable = fit.threshold(combined.tolist(), counted, together)
    return Calibrated(
        scores,
        combined,
        threshold,
        drift.allow(combined_threshold),
        per_window,
        achievable if achievable > counted else per_window,
    )


def _together(combined: Floats) -> float:
    """Return how many combined scores above their 90 % quantile come in one cluster.

    A cluster ends with WINDOWS_COMBINED scores below. The inverse of the extremal index by the runs
    estimator; source: Smith & Weissman 1994.
    """
    above = np.flatnonzero(combined > np.quantile(combined, 0.9))
    clusters = 1 + int((np.diff(above) > WINDOWS_COMBINED).sum()) if len(above) else 1
    return max(1.0, len(above) / clusters)


def too_few(wished: str, calibrated: Calibrated, share: float, step_s: float) -> list[str]:
    """Return a sentence where the windows held out, a share of all, cannot show the wish; else none."""
    if calibrated.achievable <= calibrated.per_window * 1.001:
        return []
    needed = 1 / calibrated.per_window
    hours = needed / share * step_s / 3600
    long = f"{hours / 24:,.0f} days" if hours > 48 else f"{hours:.1f} hours"
    return [
        f"The wish of {wished} false alarms is {calibrated.per_window:.2g} of the windows; these data support"
        f" {calibrated.achievable:.2g}. About {needed:,.0f} windows held out, so a recording of {long}, would"
        " reach it; until then the threshold follows the tail of the scores that there are."
    ]
