"""What a model says of windows, as the judge of one machine would."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from judder_core.decision import Verdict
from judder_core.judge import Judge
from judder_core.model import Model
from numpy.typing import NDArray

from judder.data.windows import Windows
from judder.engine import numeric_numpy
from judder.errors import JudderError
from judder.evaluation.p_values import is_bound
from judder.training.evidence import combine, measure

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class Scored:
    """What a model says of windows, (n,) each. combined_score is NaN until enough windows came before.

    p_is_bound: whether p_value is only an upper bound, see p_values.
    """

    windows: Windows
    score: Floats
    combined_score: Floats
    p_value: Floats
    p_is_bound: Flags
    anomaly: Flags
    alert: Flags
    state: NDArray[np.str_]


def score_windows(model: Model, windows: Windows, detector: Any = None) -> Scored:
    """Score windows as the judge of one machine would, anew after each gap.

    detector: one of the model's, the first unless given. Raises JudderError where windows do not fit it.
    """
    misfit = model.fits(windows.window_len, windows.sample_rate_hz)
    if misfit:
        raise JudderError(
            f"The {misfit}.",
            hint=f"Cut them so (--window-len {model.window_len}), or train a model for them.",
        )
    detector = detector or model.detectors[0]
    measured = measure(windows, detector.feature_set)
    score = np.asarray(detector.score(numeric_numpy, list(measured.features.T)))
    means = combine(measured, model.disturbed_g, model.windows_combined, model.most_disturbed)
    combined = np.full(len(windows), np.nan)
    enough = ~np.isnan(means[:, 0])
    combined[enough] = detector.score(numeric_numpy, list(means[enough].T))
    verdicts: list[Verdict] = []
    alert = np.zeros(len(windows), bool)
    for run in windows.runs():
        judge, decision = Judge(model, numeric_numpy, "host", detector), model.decision()
        for k in run:
            judge.gather(measured.features[k], measured.swing_g[k])
            verdict = judge.conclude(
                float(score[k]), float(combined[k]) if enough[k] else None, measured.pose[k]
            )
            alert[k] = decision.update(verdict.alarming)
            verdicts.append(verdict)
    return Scored(
        windows,
        score,
        combined,
        np.array([verdict.p_value for verdict in verdicts]),
        np.array([is_bound(detector, verdict.score, verdict.combined_score) for verdict in verdicts], bool),
        np.array([verdict.anomaly for verdict in verdicts], bool),
        alert,
        np.array([verdict.state for verdict in verdicts], dtype=object).astype(str),
    )
