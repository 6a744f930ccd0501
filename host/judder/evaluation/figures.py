"""How well a model tells normal windows from anomalous ones, on windows it was not trained on."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np
from judder_core.decision import ALARM, LEVELS, NOTICE
from numpy.typing import NDArray

from judder.evaluation.intervals import FIGURES, Side, compare, independent_groups, realised
from judder.model.scoring import Scored
from judder.training.false_alarms import Wish

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]


def summarise(
    scored: Scored,
    normal: Sequence[str],
    anomalous: Sequence[str],
    wish: Wish | None = None,
    notices: Wish | None = None,
) -> dict[str, Any]:
    """Return the figures of an evaluation, in all and per condition. wish: for ALARM; notices: for NOTICE.

    The figures at the top are of single windows, those in "combined" of the evidence of several. "notice" and
    "alarm" are shares of the windows at that level or above.
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
        **{
            name: {"normal": _share(level[is_normal]), "anomaly": _share(level[is_anomalous])}
            for name, level in (("notice", scored.level >= NOTICE), ("alarm", scored.level >= ALARM))
        },
        "alert_rate_normal": _share(scored.alert[is_normal]),
        "alert_rate_anomaly": _share(scored.alert[is_anomalous]),
        "false_alarms": _raised(scored, is_normal, ALARM, wish),
        "notices": _raised(scored, is_normal, NOTICE, notices),
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
    return {
        "label": "normal" if normal else "anomaly",
        "windows": int(mine.sum()),
        "independent_groups": independent_groups(scored.windows, mine),
        "flagged": int(scored.anomaly[mine].sum()),
        "flagged_rate": _share(scored.anomaly[mine]),
        "notice_rate": _share(scored.level[mine] >= NOTICE),
        "alarm_rate": _share(scored.level[mine] >= ALARM),
        "alert_rate": _share(scored.alert[mine]),
        "median_score": _median(scored.score[mine]),
        "median_combined_score": _median(scored.combined_score[mine]),
        **_median_p_value(scored, mine),
        "states": dict(sorted(Counter(scored.state[mine].tolist()).items())),
        "seconds_to_detection": None if normal else seconds_to_detection(scored, mine),
        **(_no_separation() if normal else _separation(scored, is_normal, mine)),
    }


def _no_separation() -> dict[str, Any]:
    return {**dict.fromkeys(FIGURES), **{f"combined_{name}": None for name in FIGURES}, "intervals": {}}


def _separation(scored: Scored, is_normal: Flags, mine: Flags) -> dict[str, Any]:
    """Return the figures of an anomalous condition against all that is normal, and their intervals."""
    single = _compare(scored, scored.score, is_normal, mine)
    combined = _compare(scored, scored.combined_score, is_normal, mine)
    figures = {name: single[name] for name in FIGURES}
    figures |= {f"combined_{name}": combined[name] for name in FIGURES}
    intervals = {name: single["intervals"][name] for name in FIGURES}
    intervals |= {f"combined_{name}": combined["intervals"][name] for name in FIGURES}
    return {**figures, "intervals": intervals}


def _median_p_value(scored: Scored, mine: Flags) -> dict[str, Any]:
    """Return the p-value of the window in the middle, the calmer of two, and whether it is a bound."""
    mine = mine & ~np.isnan(scored.p_value)
    falling = np.argsort(-scored.p_value[mine], kind="stable")
    if not len(falling):
        return {"median_p_value": None, "median_p_value_is_bound": None}
    middle = np.flatnonzero(mine)[falling[(len(falling) - 1) // 2]]
    return {
        "median_p_value": float(scored.p_value[middle]),
        "median_p_value_is_bound": bool(scored.p_value_is_bound[middle]),
    }


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


def _raised(scored: Scored, normal: Flags, level: int, wish: Wish | None) -> dict[str, Any]:
    """Return the wish, and what came of it: how often the level was reached, per normal window.

    A wish for a share of the windows is held against the windows flagged instead.
    """
    windows = scored.windows
    as_share = wish is not None and wish.share is not None
    raised = scored.anomaly.copy() if as_share else np.zeros(len(windows), bool)
    for run in windows.runs() if not as_share else ():
        raised[run] = np.diff((scored.level[run] >= level).astype(int), prepend=0) == 1
    return {
        "counted": "windows flagged" if as_share else f"{LEVELS[level]}s raised",
        "wished_per_window": wish.per_window(windows.step_s) if wish else None,
        **realised(int(raised[normal].sum()), int(normal.sum())),
    }


def _share(flags: Flags) -> float | None:
    return float(flags.mean()) if len(flags) else None


def _median(scores: Floats) -> float | None:
    """Return the median of those scores that are known, None where none is."""
    known = scores[~np.isnan(scores)]
    return float(np.median(known)) if len(known) else None
