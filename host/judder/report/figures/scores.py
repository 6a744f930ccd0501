"""What a model said: scores, ROC, confusion, detection."""

from collections.abc import Iterator
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from judder.evaluation.evaluate import Evaluation
from judder.evaluation.intervals import PAUC_RATE, Roc
from judder.model.scoring import Scored
from judder.report.figures.canvas import (
    ANOMALOUS,
    COLOURS,
    FAINT,
    GRID,
    INK,
    NORMAL,
    colour_of,
    drawn,
    legend,
    logarithmic,
    mark,
    named,
    panels,
    shown,
)

Floats = NDArray[np.float64]

BINS = 48
MOST_POINTS = 1500
SIDES = {"normal": NORMAL, "anomalous": ANOMALOUS}
KINDS = {"a window alone": ("score", COLOURS[4]), "five windows together": ("combined_score", COLOURS[2])}


@drawn
def score_histograms(evaluation: Evaluation) -> Figure:
    """Draw how often each condition has which score, alone and combined, and the threshold.

    Normal conditions are filled. Raises ValueError where there are no scores, as after cross-validation.
    """
    scored, thresholds = _scores_of(evaluation)
    names = shown([*evaluation.normal, *evaluation.anomalous])
    figure, (row,) = panels(1, 2, 2.5, sharey=True)
    for axes, (title, (key, _)), threshold in zip(row, KINDS.items(), thresholds, strict=True):
        scores: Floats = getattr(scored, key)
        bins = _bins(scores, threshold)
        for condition, colour in colour_of(names).items():
            mine = scores[(scored.windows.condition == condition) & ~np.isnan(scores)]
            share, _ = np.histogram(mine, bins, weights=np.full(len(mine), 1 / max(1, len(mine))))
            filled = condition in evaluation.normal
            axes.stairs(share, bins, color=colour, fill=filled, alpha=0.45 if filled else 1, linewidth=1.3)
        mark(axes, threshold, f"threshold {threshold:.3g}", left=threshold > bins[-BINS // 6])
        logarithmic(axes, "x")
        axes.set_title(title)
        axes.set_xlabel("score")
    row[0].set_ylabel("share of windows")
    legend(figure, colour_of(names))
    return figure


def _scores_of(evaluation: Evaluation) -> tuple[Scored, tuple[float, float]]:
    detector = evaluation.detector
    if evaluation.scored is None or detector is None:
        raise ValueError("Cross-validation has no scores that compare.")
    return evaluation.scored, (detector.threshold, detector.combined_threshold)


def _bins(scores: Floats, threshold: float) -> Floats:
    known = np.append(scores[~np.isnan(scores)], threshold)
    low, high = max(float(known.min()), 1e-3), float(known.max())
    return np.geomspace(low * 0.98, high * 1.02, BINS + 1)


@drawn
def scores_in_time(evaluation: Evaluation) -> Figure:
    """Draw the combined score over each condition's recordings; where it alerts is shaded."""
    scored, (_, threshold) = _scores_of(evaluation)
    names = shown([*evaluation.normal, *evaluation.anomalous])
    columns = min(2, len(names))
    figure, rows = panels(-(-len(names) // columns), columns, 1.3, sharey=True)
    cells = [cell for row in rows for cell in row]
    for cell, name in zip(cells, names, strict=False):
        for minutes, scores, alert in _runs(scored, name):
            cell.plot(
                minutes, scores, color=NORMAL if name in evaluation.normal else ANOMALOUS, linewidth=0.9
            )
            cell.fill_between(
                minutes, 0, 1, where=alert, transform=cell.get_xaxis_transform(), color=ANOMALOUS, alpha=0.15
            )
        cell.axhline(threshold, color=INK, linewidth=0.9, linestyle="--")
        logarithmic(cell, "y")
        cell.set_title(named(name))
    for cell in cells[len(names) :]:
        cell.set_visible(False)
    figure.supxlabel("minutes of the recording", fontsize=8.5, color=FAINT)
    figure.supylabel("combined score", fontsize=8.5, color=FAINT)
    return figure


def _runs(scored: Scored, condition: str) -> Iterator[tuple[Floats, Floats, NDArray[np.bool_]]]:
    """Yield (minutes, combined score, alert) of condition's stretches without a gap, evenly thinned."""
    windows = scored.windows
    every = max(1, -(-int((windows.condition == condition).sum()) // MOST_POINTS))
    for run in windows.runs():
        if windows.condition[run[0]] == condition:
            few = run[::every]
            minutes = windows.start_row[few] / windows.sample_rate_hz / 60
            yield minutes, scored.combined_score[few], scored.alert[few]


@drawn
def roc(evaluation: Evaluation) -> Figure:
    """Draw the ROC curves of single and combined scores, and where the model's threshold stands."""
    scored, _ = _scores_of(evaluation)
    figure = panels(1, 2, 3.0)[0]
    whole, near = figure.axes
    normal = np.isin(scored.windows.condition, evaluation.normal)
    for title, (key, colour) in KINDS.items():
        scores: Floats = getattr(scored, key)
        known = ~np.isnan(scores)
        if not (known & normal).any() or not (known & ~normal).any():
            continue
        curve = Roc.of(scores[known & normal], scores[known & ~normal])
        across, up = _thin(curve.false_alarm_rate[0]), _thin(curve.detection_rate[0])
        width = 3.5 if key == "score" else 1.5  # where they coincide, both are seen
        for axes in (whole, near):
            axes.plot(across, up, color=colour, label=title, linewidth=width)
    rates = evaluation.figures["false_alarm_rate"], evaluation.figures["detection_rate"]
    for axes in (whole, near):
        if None not in rates:
            axes.plot(*rates, "o", color=INK, markersize=5, label="at the threshold", clip_on=False, zorder=3)
        axes.plot([0, 1], [0, 1], color=GRID, linewidth=1)
        axes.set_xlabel("false alarm rate")
        axes.set_ylim(-0.02, 1.02)
    whole.set_ylabel("detection rate")
    near.set_xlim(-0.002, PAUC_RATE)
    near.set_title(f"up to {PAUC_RATE:g}, where a watch works")
    if whole.get_legend_handles_labels()[0]:
        whole.legend(loc="lower right")
    return figure


def _thin(values: Floats) -> Floats:
    """Return values evenly thinned; the last stays."""
    every = max(1, len(values) // MOST_POINTS)
    return np.append(values[:-1:every], values[-1])


@drawn
def confusion(evaluation: Evaluation) -> Figure:
    """Draw what was flagged of the normal and of the anomalous windows."""
    flagged = {side: [0, 0] for side in SIDES}
    for row in evaluation.figures["per_condition"].values():
        side = "normal" if row["label"] == "normal" else "anomalous"
        flagged[side][0] += round(row["windows"] - row["flagged"])
        flagged[side][1] += round(row["flagged"])
    figure, ((axes,),) = panels(1, 1, 1.5)
    shares = np.array([[count / max(1, sum(counts)) for count in counts] for counts in flagged.values()])
    for y, counts in enumerate(flagged.values()):
        for x, count in enumerate(counts):
            right = x == y
            colour = COLOURS[2] if right else ANOMALOUS
            axes.fill_between(
                [x - 0.48, x + 0.48],
                y - 0.46,
                y + 0.46,
                color=colour,
                alpha=0.1 + 0.5 * shares[y, x],
                linewidth=0,
            )
            axes.text(x, y, f"{count}  ({shares[y, x]:.1%})", ha="center", va="center", fontsize=10)
    axes.set_xticks([0, 1], ["not flagged", "flagged"])
    axes.set_yticks([0, 1], list(flagged))
    axes.invert_yaxis()
    axes.grid(False)
    return figure


@drawn
def detection(evaluation: Evaluation) -> Figure:
    """Draw each anomalous condition's AUC and detection at 1 % false alarms, with 95 % intervals."""
    rows = {
        name: row for name, row in evaluation.figures["per_condition"].items() if row["label"] == "anomaly"
    }
    names = shown(rows)
    figure, ((left, right),) = panels(1, 2, 0.45 * len(names) + 0.8, sharey=True)
    for axes, key, title in (
        (left, "auc", "AUC"),
        (right, "detection_at_1_percent", "found at 1 % false alarms"),
    ):
        for y, name in enumerate(names):
            _dots(axes, y, rows[name], key)
        axes.set_title(title)
        axes.set_xlim(-0.03, 1.03)
    left.set_yticks(range(len(names)), [_with_groups(name, rows[name]) for name in names])
    left.set_ylim(len(names) - 0.5, -0.5)
    legend(figure, {title: colour for title, (_, colour) in KINDS.items()})
    return figure


def _dots(axes: Axes, y: int, row: dict[str, Any], key: str) -> None:
    for offset, prefix, (_, colour) in zip((-0.13, 0.13), ("", "combined_"), KINDS.values(), strict=True):
        value, ends = row[prefix + key], row["intervals"].get(prefix + key)
        if value is not None:
            axes.plot([value], [y + offset], "o", color=colour, markersize=5, clip_on=False)
        if ends is not None:
            axes.plot(ends, [y + offset] * 2, color=colour, linewidth=2)


def _with_groups(name: str, row: dict[str, Any]) -> str:
    return f"{named(name)}\n{row['independent_groups']:.0f} independent groups"
