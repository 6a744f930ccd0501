"""The report's figures, each a function that returns a matplotlib Figure: use them in a notebook, too."""

from judder.report.figures.canvas import to_svg
from judder.report.figures.scores import confusion, detection, roc, score_histograms, scores_in_time
from judder.report.figures.signals import spectra, time_series, velocity
from judder.report.figures.statistics import correlations, ranking, scatter

__all__ = [
    "confusion",
    "correlations",
    "detection",
    "ranking",
    "roc",
    "scatter",
    "score_histograms",
    "scores_in_time",
    "spectra",
    "time_series",
    "to_svg",
    "velocity",
]
