"""How well a model tells normal windows from anomalous ones, on windows it was not trained on."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from judder_core.decision import Verdict
from judder_core.judge import Judge
from judder_core.model import Model
from numpy.typing import NDArray

from judder import numeric_numpy
from judder.dataset import Windows, concatenate, in_blocks
from judder.errors import JudderError
from judder.evidence import combine, measure
from judder.false_alarms import Wish, parse_wish
from judder.recording import Recording
from judder.statistics import FIGURES, Side, compare, independent_groups, realised
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


def held_out(model_document: dict[str, Any], windows: Windows, recordings: Sequence[Recording]) -> Flags:
    """Return which windows, (n,), the model was not trained on, nor come within a window's gap of that."""
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
            gap = windows.window_len
            near = (windows.start_row < stop + gap) & (windows.start_row + windows.window_len + gap > start)
            free &= ~(mine & near)
    return free


def summarise(
    scored: Scored, normal: Sequence[str], anomalous: Sequence[str], wish: Wish | None = None
) -> dict[str, Any]:
    """Return the figures of an evaluation, in all and per condition.

    The figures at the top are of single windows, those in "combined" of the evidence of several.
    """
    windows = scored.windows
    is_normal, is_anomalous = np.isin(windows.condition, normal), np.isin(windows.condition, anomalous)
    return {
        **_compare(scored, scored.score, is_normal, is_anomalous),
        "combined": _compare(scored, scored.combined_score, is_normal, is_anomalous),
        "independent_groups": {
            "normal": independent_groups(windows, is_normal),
            "anomaly": independent_groups(windows, is_anomalous),
        },
        "false_alarm_rate": _share(scored.anomaly[is_normal]),
        "detection_rate": _share(scored.anomaly[is_anomalous]),
        "alert_rate_normal": _share(scored.alert[is_normal]),
        "alert_rate_anomaly": _share(scored.alert[is_anomalous]),
        "false_alarms": _false_alarms(scored, is_normal, wish),
        "windows": {"normal": int(is_normal.sum()), "anomaly": int(is_anomalous.sum())},
        "per_condition": {
            condition: _condition(scored, condition, is_normal, condition in normal)
            for condition in [*normal, *anomalous]
        },
    }


def _compare(scored: Scored, scores: Floats, normal: Flags, anomalous: Flags) -> dict[str, Any]:
    return compare(Side.of(scores, scored.windows, normal), Side.of(scores, scored.windows, anomalous))


def _condition(scored: Scored, condition: str, is_normal: Flags, normal: bool) -> dict[str, Any]:
    mine = scored.windows.condition == condition
    figures: dict[str, Any] = {
        "label": "normal" if normal else "anomaly",
        "windows": int(mine.sum()),
        "independent_groups": independent_groups(scored.windows, mine),
        "flagged": int(scored.anomaly[mine].sum()),
        "flagged_rate": _share(scored.anomaly[mine]),
        "alert_rate": _share(scored.alert[mine]),
        "median_score": float(np.median(scored.score[mine])) if mine.any() else None,
        "states": dict(sorted(Counter(scored.state[mine].tolist()).items())),
        "seconds_to_detection": None if normal else seconds_to_detection(scored, mine),
    }
    single = {} if normal else _compare(scored, scored.score, is_normal, mine)
    combined = {} if normal else _compare(scored, scored.combined_score, is_normal, mine)
    figures |= {name: single.get(name) for name in FIGURES}
    figures |= {f"combined_{name}": combined.get(name) for name in FIGURES}
    figures["intervals"] = {
        **{name: single["intervals"][name] for name in FIGURES if single},
        **{f"combined_{name}": combined["intervals"][name] for name in FIGURES if combined},
    }
    return figures


def seconds_to_detection(scored: Scored, which: Flags) -> float | None:
    """Return the seconds from a recording's first scored window to the end of the first that alerts.

    Of several recordings, the median. None where that is one without an alert.
    """
    windows = scored.windows
    seconds = []
    for mine in windows.by_recording():
        if not which[mine[0]]:
            continue
        alerts = mine[scored.alert[mine]]
        rows = (
            windows.start_row[alerts[0]] + windows.window_len - windows.start_row[mine[0]]
            if len(alerts)
            else np.inf
        )
        seconds.append(float(rows) / windows.sample_rate_hz)
    # the upper of the two in the middle: half an infinity is none
    median = sorted(seconds)[len(seconds) // 2] if seconds else np.inf
    return median if np.isfinite(median) else None


def _false_alarms(scored: Scored, normal: Flags, wish: Wish | None) -> dict[str, Any]:
    """Return the wish, and what came of it: alerts raised, each counted once, a normal window.

    A wish for a share of the windows is held against the windows flagged instead.
    """
    windows = scored.windows
    as_share = wish is not None and wish.share is not None
    raised = scored.anomaly.copy() if as_share else np.zeros(len(windows), bool)
    for run in windows.runs() if not as_share else ():
        raised[run] = np.diff(scored.alert[run].astype(int), prepend=0) == 1
    return {
        "counted": "windows flagged" if as_share else "alerts raised",
        "wished_per_window": wish.per_window(windows.step_s) if wish else None,
        **realised(int(raised[normal].sum()), int(normal.sum())),
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
    model. Figures are means over the folds, since scores of different models do not compare.
    """
    normals, anomalies = windows.of(normal), windows.of(anomalous)
    block = in_blocks(normals, [1] * folds)
    results = []
    for fold in range(folds):
        held, rest = normals.select(block == fold), normals.select((block >= 0) & (block != fold))
        trained: TrainedModel = train(rest, recordings, options)
        scored = score_windows(trained.model, concatenate([held, anomalies]))
        results.append(summarise(scored, normal, anomalous, parse_wish(options.false_alarms)))
    summed = {
        key: {"normal": sum(fold[key]["normal"] for fold in results), "anomaly": results[0][key]["anomaly"]}
        for key in ("windows", "independent_groups")
    }
    figures = average(results)
    alarms = realised(sum(fold["false_alarms"]["count"] for fold in results), summed["windows"]["normal"])
    return {"folds": results, **figures, **summed, "false_alarms": {**figures["false_alarms"], **alarms}}


def average(values: Sequence[Any]) -> Any:
    """Return the mean of the numbers, place by place in lists and dicts; None where there is none.

    The mean of the folds' intervals is as wide as if the folds erred together: they share the anomalies.
    """
    known = [value for value in values if value is not None]
    if not known or isinstance(known[0], str):
        return known[0] if known else None
    if isinstance(known[0], dict):
        keys = dict.fromkeys(key for value in known for key in value)
        return {key: average([value.get(key, 0) for value in known]) for key in keys}
    if isinstance(known[0], list):
        return [average(ends) for ends in zip(*known, strict=True)]
    return float(np.mean(known))
