"""What the page says of how well a model tells normal from anomalous."""

from collections.abc import Iterable
from typing import Any

from judder.evaluation.evaluate import Evaluation
from judder.model.p_values import p_value_text
from judder.report import figures as draw
from judder.report.page import Plate, Section, Table
from judder.text import ends, number

SHOWN = ("auc", "detection_at_1_percent")


def evaluation(found: Evaluation) -> Section:
    """What an evaluation came to; its numbers are those of `judder evaluate --json`."""
    return Section(
        "evaluation",
        "Evaluation",
        _lead(found),
        [*(_tiles_of_anomalies(found.figures) if found.anomalous else []), *_tiles(found.figures)],
        [*([_separation_table(found.figures)] if found.anomalous else []), _outcome_table(found.figures)],
        _plates(found),
    )


def _lead(found: Evaluation) -> list[str]:
    lead = [
        f"Normal: {', '.join(found.normal)}. Anomalous: {', '.join(found.anomalous) or 'none'}."
        " Intervals are 95 % and allow for windows being alike; a group is a stretch of five windows that"
        " shares none with another, and no interval can be surer than the number of groups."
    ]
    if found.detector:
        lead.append(f"Scored by the {found.detector.kind} detector.")
    if found.scored is None:
        lead.append(
            "Cross-validated on blocks in time: each figure is a mean over the folds, and scores of different"
            " folds do not compare, so no score is drawn."
        )
    return lead


def _tiles_of_anomalies(figures: dict[str, Any]) -> list[tuple[str, str, str]]:
    together, interval = figures["combined"]["auc"], figures["combined"]["intervals"]["auc"]
    return [
        (
            "AUC, five windows together",
            number(together, ".4f"),
            f"{_bracketed(interval)}; one alone {number(figures['auc'], '.4f')}",
        ),
        (
            "anomalous windows flagged",
            _percent(figures["detection_rate"]),
            f"of {figures['windows']['anomaly']}; under alert {_percent(figures['alert_rate_anomaly'])}",
        ),
    ]


def _tiles(figures: dict[str, Any]) -> list[tuple[str, str, str]]:
    groups, alarms = figures["independent_groups"], figures["false_alarms"]
    bound = figures["combined"]["zero_false_alarm_bound"]
    wished = number(alarms["wished_per_window"], ".2g")
    return [
        (
            "normal windows flagged",
            _percent(figures["false_alarm_rate"]),
            f"of {figures['windows']['normal']}; under alert {_percent(figures['alert_rate_normal'])}",
        ),
        (
            f"{alarms['counted']} on normal",
            str(alarms["count"]),
            f"{_bracketed(alarms['interval'], '.2g')} per window; wished {wished}",
        ),
        (
            "independent groups",
            f"{groups['normal']:.0f} + {groups['anomaly']:.0f}",
            f"normal + anomalous; no alarm allows {_percent(bound)} of them",
        ),
    ]


def _separation_table(figures: dict[str, Any]) -> Table:
    rows = [
        _separation(
            name,
            row["independent_groups"],
            [
                (row[prefix + key], row["intervals"].get(prefix + key))
                for prefix in ("", "combined_")
                for key in SHOWN
            ],
        )
        for name, row in figures["per_condition"].items()
        if row["label"] == "anomaly"
    ]
    sides = (figures, figures["combined"])
    together = [(side[key], side["intervals"][key]) for side in sides for key in SHOWN]
    rows.append(_separation("all together", figures["independent_groups"]["anomaly"], together))
    head = ["condition", "groups", "AUC", "found at 1 %", "five together: AUC", "found at 1 %"]
    return Table("How well scores separate, with 95 % intervals", head, rows)


def _separation(
    name: str, groups: float, values: Iterable[tuple[float | None, list[float] | None]]
) -> list[str]:
    return [name, f"{groups:.0f}", *(f"{number(value)} {_bracketed(interval)}" for value, interval in values)]


def _outcome_table(figures: dict[str, Any]) -> Table:
    rows = [[name, *_outcome(row)] for name, row in figures["per_condition"].items()]
    head = ["condition", "is", "windows", "flagged", "under alert", "seconds to alert", "median p-value"]
    return Table(
        "What a watch at the model's threshold did", [*head, "states of the watch"], rows, ends_in_words=True
    )


def _outcome(row: dict[str, Any]) -> list[str]:
    p_value = row["median_p_value"]
    # a mean over folds of which some are bounds is a bound
    said = "-" if p_value is None else p_value_text(p_value, row["median_p_value_is_bound"] > 0)
    return [
        row["label"],
        f"{row['windows']:.0f}",
        f"{_percent(row['flagged_rate'])}",
        _percent(row["alert_rate"]),
        number(row["seconds_to_detection"], ".1f"),
        said,
        ", ".join(f"{state} {count:.0f}" for state, count in row["states"].items()),
    ]


def _plates(found: Evaluation) -> list[Plate]:
    detected, false = _percent(found.figures["detection_rate"]), _percent(found.figures["false_alarm_rate"])
    plates = [_detection(found), _confusion(found, detected, false)] if found.anomalous else []
    return plates + (_score_plates(found, detected, false) if found.scored is not None else [])


def _detection(found: Evaluation) -> Plate:
    return Plate(
        "detection",
        "Detection, condition by condition",
        draw.detection(found),
        "AUC and detection at 1 % false alarms with 95 % intervals, as in the table above.",
        "The bars are what the data allow: a dot at 1 with a long bar is a good result on few"
        " independent groups. Five windows together are what raises an alert.",
    )


def _confusion(found: Evaluation, detected: str, false: str) -> Plate:
    return Plate(
        "confusion",
        "What was flagged, one window at a time",
        draw.confusion(found),
        f"Confusion: {detected} of the anomalous and {false} of the normal windows are flagged.",
        f"{'' if found.scored else 'Means over the folds. '}Green is right, orange wrong. Windows"
        " that were bumped, or hang another way, are never flagged: the states in the table say how"
        " many.",
    )


def _score_plates(found: Evaluation, detected: str, false: str) -> list[Plate]:
    plates = [_histograms(found, detected, false), _in_time(found)]
    return [*plates, _roc(found)] if found.anomalous else plates


def _histograms(found: Evaluation, detected: str, false: str) -> Plate:
    return Plate(
        "score-histograms",
        "Scores and the threshold",
        draw.score_histograms(found),
        f"Histograms of the scores. At the threshold {detected} of the anomalous and {false} of the"
        " normal windows are flagged.",
        "Filled: normal. What matters is the room between the normal scores and the threshold, and"
        " between the threshold and the nearest anomaly.",
    )


def _in_time(found: Evaluation) -> Plate:
    return Plate(
        "scores-in-time",
        "Scores in time",
        draw.scores_in_time(found),
        "The combined score of each condition over its recording, against the threshold.",
        "Shaded: the watch alerts. A normal score that climbs towards the dashed threshold is a"
        " machine that drifts: record it for longer. A high score without shade is a mounting that"
        " changed, or hands.",
    )


def _roc(found: Evaluation) -> Plate:
    return Plate(
        "roc",
        "ROC",
        draw.roc(found),
        f"ROC curves; AUC {number(found.figures['auc'])} alone,"
        f" {number(found.figures['combined']['auc'])} five together.",
        "The nearer to the upper left corner, the better. Right: only the part a watch can afford."
        " The dot lies below its curve where windows were left out, bumped or hanging another way.",
    )


def _percent(value: float | None) -> str:
    return "-" if value is None else f"{value:.1%}"


def _bracketed(interval: list[float] | None, form: str = ".3f") -> str:
    return f"({ends(interval, form, ' to ')})" if interval else ""
