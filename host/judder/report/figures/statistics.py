"""What features see: statistics of windows, and which of them tell conditions apart."""

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from judder.data.windows import Windows
from judder.quality.survey import AXES
from judder.report.axis_statistics import PAIRS, STATISTICS, moments
from judder.report.axis_statistics import correlations as correlations_of
from judder.report.figures.canvas import (
    ANOMALOUS,
    COLOURS,
    FAINT,
    INK,
    NORMAL,
    colour_of,
    drawn,
    legend,
    logarithmic,
    panels,
    shown,
)
from judder.report.separation import Separation
from judder.report.thinning import evenly

Floats = NDArray[np.float64]

MOST_POINTS = 2400
LOGARITHMIC = ("variance", "MAD")
UNITS = {"mean": ("g", 1.0), "variance": ("mg²", 1e6), "MAD": ("mg", 1e3)}
WITHIN = (0.005, 0.995)
"""Axes reach over this share of the windows: a single blow would squeeze all others into a corner."""
BINS = 40
MOST_FEATURES = 24


@drawn
def scatter(windows: Windows) -> Figure:
    """Draw mean, variance, kurtosis, skew and MAD of windows, one axis against another."""
    names = shown(windows.condition.tolist())
    few = evenly(windows, MOST_POINTS, names)
    values, colours = moments(few.in_g()), colour_of(names)
    figure, rows = panels(len(STATISTICS), len(PAIRS), 1.75)
    for name, row in zip(STATISTICS, rows, strict=True):
        unit, scale = UNITS.get(name, ("", 1.0))
        unit, scaled = f", {unit}" if unit else "", values[name] * scale
        for (i, j), axes in zip(PAIRS, row, strict=True):
            for condition, colour in colours.items():
                mine = scaled[few.condition == condition]
                axes.plot(mine[:, i], mine[:, j], ".", color=colour, markersize=3, alpha=0.6, rasterized=True)
            _fit_axes(axes, name, scaled[:, i], scaled[:, j])
            axes.set_xlabel(f"{name} {AXES[i]}{unit}", labelpad=1)
            axes.set_ylabel(f"{name} {AXES[j]}{unit}", labelpad=1)
    legend(figure, colours)
    return figure


def _fit_axes(axes: Axes, name: str, across: Floats, up: Floats) -> None:
    for values, which, set_limits in ((across, "x", axes.set_xlim), (up, "y", axes.set_ylim)):
        in_decades = name in LOGARITHMIC and values.min() > 0
        low, high = np.quantile(np.log(values) if in_decades else values, WITHIN)
        margin = 0.08 * (high - low) or 1e-3
        ends = np.array([low - margin, high + margin])
        if in_decades:
            logarithmic(axes, which)
        set_limits(*(np.exp(ends) if in_decades else ends))


@drawn
def correlations(windows: Windows) -> Figure:
    """Draw how often the axes move together how much, condition by condition."""
    names = shown(windows.condition.tolist())
    figure, (row,) = panels(1, len(PAIRS), 2.3, sharey=True)
    values = correlations_of(windows.in_g())
    bins = np.linspace(-1, 1, BINS + 1)
    for k, ((i, j), axes) in enumerate(zip(PAIRS, row, strict=True)):
        for condition, colour in colour_of(names).items():
            mine = values[windows.condition == condition, k]
            share, _ = np.histogram(mine, bins, weights=np.full(len(mine), 1 / max(1, len(mine))))
            axes.stairs(share, bins, color=colour, linewidth=1.3)
        axes.set_title(f"{AXES[i]} with {AXES[j]}")
        axes.set_xlabel("correlation")
    row[0].set_ylabel("share of windows")
    legend(figure, colour_of(names))
    return figure


@drawn
def ranking(separations: Sequence[Separation]) -> Figure:
    """Draw how well each feature by itself separates, the best first; hollow dots see the pose."""
    best = separations[:MOST_FEATURES]
    figure, ((axes,),) = panels(1, 1, 0.19 * len(best) + 0.6)
    for row, feature in enumerate(best):
        colour = ANOMALOUS if feature.higher else COLOURS[2] if feature.higher is None else NORMAL
        axes.plot([0.5, feature.auc], [row, row], color=colour, linewidth=1.4)
        face = "none" if feature.pose else colour
        axes.plot([feature.auc], [row], "o", color=colour, markerfacecolor=face, markersize=5)
    axes.axvline(0.5, color=INK, linewidth=0.8)
    axes.set_yticks(range(len(best)), [feature.words for feature in best])
    axes.invert_yaxis()
    axes.set_xlim(0.5 if best and best[0].higher is None else 0.0, 1.02)
    axes.set_xlabel("AUC of the feature alone: 0.5 separates nothing", color=FAINT)
    return figure
