"""The verdicts of a model of version 1 on many windows."""

from typing import cast

import numpy as np
from judder_core.decision import Verdict
from judder_core.judge_v1 import Judge
from judder_core.model_v1 import Detector, Model

from judder.data.windows import Windows
from judder.engine import numeric_numpy
from judder.model.evidence import combine, measure


def verdicts_v1(model: Model, windows: Windows, detector: Detector) -> list[Verdict]:
    """Return what the judge of one machine says of each window, anew after each gap."""
    measured = measure(windows, detector.feature_set)
    score = np.asarray(detector.score(numeric_numpy, list(measured.features.T)))
    means = combine(measured, model.disturbed_g, model.windows_combined, model.most_disturbed)
    combined = np.full(len(windows), np.nan)
    enough = ~np.isnan(means[:, 0])
    combined[enough] = detector.score(numeric_numpy, list(means[enough].T))
    verdicts = cast(list[Verdict], [None] * len(windows))
    for run in windows.runs():
        judge = Judge(model, numeric_numpy, "host", detector)
        for k in run:
            judge.gather(measured.features[k], measured.swing_g[k])
            known = None if np.isnan(combined[k]) else float(combined[k])
            verdicts[k] = judge.conclude(float(score[k]), known, measured.pose[k])
    return verdicts
