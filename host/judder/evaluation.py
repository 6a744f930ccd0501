"""How well a model tells normal windows from anomalous ones, on windows it was not trained on."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from judder_core.decision import Verdict
from judder_core.judge import Judge
from judder_core.model import Model
from numpy.typing import NDArray
from scipy import stats

from judder import numeric_numpy
from judder.dataset import Windows, in_blocks
from judder.errors import JudderError
from judder.evidence import combine, measure
from judder.recording import Recording
from judder.training import TrainedModel, TrainingOptions, train

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class Scored:
    """What a model says of windows, (n,) each. combined_score is NaN until enough windows came before."""

    windows: Windows
    score: Floats
    combined_score: Floats
    p_value: Floats
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
        np.array([verdict.anomaly for verdict in verdicts], bool),
        alert,
        np.array([verdict.state for verdict in verdicts], dtype=object).astype(str),
    )


def auc(normal: Floats, anomalous: Floats) -> float | None:
    """Return the area under the ROC curve; ties count half. None where a side is empty.

    Source: the Mann-Whitney U statistic divided by the number of pairs.
    """
    if not len(normal) or not len(anomalous):
        return None
    ranks = stats.rankdata(np.concatenate([normal, anomalous]))
    n, m = len(normal), len(anomalous)
    return float((ranks[n:].sum() - m * (m + 1) / 2) / (n * m))


def held_out(model_document: dict[str, Any], windows: Windows, recordings: Sequence[Recording]) -> Flags:
    """Return which windows, (n,), the model was not trained on, by recording and row range."""
    free = np.ones(len(windows), bool)
    for used in model_document["provenance"].get("recordings", []):
        start, stop = used["rows"]
        for recording in recordings:
            if (
                recording.name != used["recording"]
                or recording.fingerprint(start, stop) != used["fingerprint"]
            ):
                continue
            mine = (windows.condition == recording.condition) & (windows.recording == recording.name)
            overlaps = (windows.start_row < stop) & (windows.start_row + windows.window_len > start)
            free &= ~(mine & overlaps)
    return free


def summarise(scored: Scored, normal: Sequence[str], anomalous: Sequence[str]) -> dict[str, Any]:
    """Return the figures of an evaluation: AUC, rates and counts, in all and per condition."""
    windows = scored.windows
    is_normal, is_anomalous = np.isin(windows.condition, normal), np.isin(windows.condition, anomalous)
    return {
        "auc": auc(scored.score[is_normal], scored.score[is_anomalous]),
        "false_alarm_rate": _share(scored.anomaly[is_normal]),
        "detection_rate": _share(scored.anomaly[is_anomalous]),
        "alert_rate_normal": _share(scored.alert[is_normal]),
        "alert_rate_anomaly": _share(scored.alert[is_anomalous]),
        "windows": {"normal": int(is_normal.sum()), "anomaly": int(is_anomalous.sum())},
        "per_condition": {
            condition: _condition(scored, condition, is_normal, condition in normal)
            for condition in [*normal, *anomalous]
        },
    }


def _condition(scored: Scored, condition: str, is_normal: Flags, normal: bool) -> dict[str, Any]:
    mine = scored.windows.condition == condition
    return {
        "label": "normal" if normal else "anomaly",
        "windows": int(mine.sum()),
        "flagged": int(scored.anomaly[mine].sum()),
        "flagged_rate": _share(scored.anomaly[mine]),
        "alert_rate": _share(scored.alert[mine]),
        "median_score": float(np.median(scored.score[mine])) if mine.any() else None,
        "auc": None if normal else auc(scored.score[is_normal], scored.score[mine]),
    }


def _share(flags: Flags) -> float | None:
    return float(flags.mean()) if len(flags) else None


def cross_validate(
    windows: Windows,
    recordings: Sequence[Recording],
    normal: Sequence[str],
    anomalous: Sequence[str],
    folds: int,
    options: TrainingOptions,
) -> dict[str, Any]:
    """Train and test on blocked folds: contiguous in time, a window's gap between them, never shuffled.

    Each normal window is scored once, by the model that has not seen its block; the anomalies by every
    model. AUC is the mean over the folds, since scores of different models do not compare.
    """
    normals, anomalies = windows.of(normal), windows.of(anomalous)
    block = in_blocks(normals, [1] * folds)
    results = []
    for fold in range(folds):
        held, rest = normals.select(block == fold), normals.select((block >= 0) & (block != fold))
        trained: TrainedModel = train(rest, recordings, options)
        scored = score_windows(trained.model, concatenate([held, anomalies]))
        results.append(summarise(scored, normal, anomalous))
    return {
        "folds": results,
        "auc": _mean([result["auc"] for result in results]),
        "false_alarm_rate": _mean([result["false_alarm_rate"] for result in results]),
        "detection_rate": _mean([result["detection_rate"] for result in results]),
        "windows": {
            "normal": sum(result["windows"]["normal"] for result in results),
            "anomaly": len(anomalies),
        },
        "per_condition": {
            condition: {
                key: _mean([result["per_condition"][condition][key] for result in results])
                for key in ("flagged_rate", "alert_rate", "auc")
            }
            for condition in [*normal, *anomalous]
        },
    }


def _mean(values: Sequence[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return float(np.mean(known)) if known else None


def concatenate(parts: Sequence[Windows]) -> Windows:
    """Return the windows of parts in one, all of one length and rate."""
    columns = {
        key: np.concatenate([getattr(part, key) for part in parts])
        for key in ("samples", "scale_g", "condition", "recording", "index", "start_row", "group")
    }
    return Windows(**columns, sample_rate_hz=parts[0].sample_rate_hz)
