"""What the sensor saw: samples with and without their mean, spectra, velocity."""

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from judder.data.recording import Recording
from judder.engine.spectrum import amplitude_density
from judder.quality import Survey
from judder.quality.survey import AXES
from judder.report.figures.canvas import (
    COLOURS,
    FAINT,
    LETTERS_OF_THREE,
    drawn,
    legend,
    logarithmic,
    mark,
    named,
    panels,
    shown,
)
from judder.report.velocity import BAND_HZ, ZONES, velocity_rms
from judder.text import rate

AXIS_COLOURS = dict(zip(AXES, COLOURS, strict=False))
MOST_ROWS = 500
COLUMNS = 3


@drawn
def time_series(recordings: Sequence[Recording], sample_rate_hz: float, seconds: float = 1.0) -> Figure:
    """Draw a stretch of each condition as measured, left, and without its mean, right.

    The stretch is from the middle of the condition's first recording.
    """
    first = {r.condition: r for r in reversed(recordings)}
    names = shown(r.condition for r in recordings)
    figure, rows = panels(len(names), 2, 0.85, sharex=True, sharey="col")
    for name, (left, right) in zip(names, rows, strict=True):
        samples = _middle(first[name], min(MOST_ROWS, round(seconds * sample_rate_hz)))
        times = np.arange(len(samples)) / sample_rate_hz
        for k, axis in enumerate(AXES):
            left.plot(times, samples[:, k], color=AXIS_COLOURS[axis])
            right.plot(times, 1000 * (samples[:, k] - samples[:, k].mean()), color=AXIS_COLOURS[axis])
        left.set_title(named(name))
        left.set_ylabel("g")
        right.set_ylabel("mg")
    rows[0][1].set_title("without the mean", color=FAINT)
    _label_seconds(rows[-1])
    legend(figure, AXIS_COLOURS)
    return figure


def _middle(recording: Recording, most: int) -> np.ndarray:
    segment = recording.segments[len(recording.segments) // 2]
    start = max(0, (len(segment.samples) - most) // 2)
    in_g: np.ndarray = segment.samples[start : start + most] * (recording.scale_g or 1.0)
    return in_g


def _label_seconds(axes: Sequence[Axes]) -> None:
    for one in axes:
        one.set_xlabel("seconds")


@drawn
def spectra(survey: Survey, marks: Mapping[str, float] | None = None) -> Figure:
    """Draw each condition's mean amplitude spectrum, an axis a line. marks: what to point at, in Hz."""
    names = shown(survey.windows)
    columns = min(COLUMNS, len(names))
    figure, rows = panels(-(-len(names) // columns), columns, 1.75, sharex=True, sharey=True)
    cells = [cell for row in rows for cell in row]
    for cell, name in zip(cells, names, strict=False):
        hz, density = amplitude_density(survey.windows[name], survey.sample_rate_hz)
        for k, axis in enumerate(AXES):
            cell.plot(hz[1:], 1000 * density[1:, k], color=AXIS_COLOURS[axis], linewidth=0.9)
        logarithmic(cell, "y")
        cell.set_title(named(name, LETTERS_OF_THREE))
        for label, at_hz in (marks or {}).items():
            mark(cell, at_hz, label, left=at_hz > survey.sample_rate_hz / 4)
    for cell in cells[len(names) :]:
        cell.set_visible(False)
    for cell in cells[max(0, len(names) - columns) : len(names)]:
        cell.tick_params(labelbottom=True)
    figure.supxlabel("Hz", fontsize=8.5, color=FAINT)
    figure.supylabel("mg per root Hz", fontsize=8.5, color=FAINT)
    legend(figure, AXIS_COLOURS)
    return figure


@drawn
def velocity(survey: Survey) -> Figure:
    """Draw each condition's velocity, RMS from 10 Hz up: the median, and where 90 % of its windows lie."""
    names = shown(survey.windows)
    figure, ((axes,),) = panels(1, 1, 0.42 * len(names) + 0.8)
    for row, name in enumerate(names):
        rms = velocity_rms(survey.windows[name], survey.sample_rate_hz)
        for k, axis in enumerate(AXES):
            low, middle, high = np.quantile(rms[:, k], [0.05, 0.5, 0.95])
            y = row + (k - 1) * 0.2
            axes.plot([low, high], [y, y], color=AXIS_COLOURS[axis], linewidth=2)
            axes.plot([middle], [y], "o", color=AXIS_COLOURS[axis], markersize=4.5)
    for border, mm_s in ZONES.items():
        mark(axes, mm_s, border)
    top_hz = min(BAND_HZ[1], survey.sample_rate_hz / 2)
    logarithmic(axes, "x")
    axes.set_xlabel(
        f"velocity, mm/s RMS, {BAND_HZ[0]:g} to {rate(top_hz)}: band-limited, not compliant with ISO 20816"
    )
    axes.set_yticks(range(len(names)), [named(name) for name in names])
    axes.set_ylim(len(names) - 0.5, -0.9)
    legend(figure, AXIS_COLOURS)
    return figure
