"""The operating modes of what was fitted, and their matrices, as a model file has them."""

from collections.abc import Iterator

import numpy as np

from judder.detectors.base import Baseline, Floats, Metric
from judder.detectors.mahalanobis import MahalanobisDetector
from judder.model import document as written
from judder.model.encoding import plain
from judder.training.fitting import EVIDENCE, Fitted
from judder.training.mode_names import name_modes

LARGEST = 32767
"""Of the whole numbers of a matrix."""


def modes_of(
    fitted: Fitted, metrics: tuple[Metric, ...]
) -> tuple[tuple[written.Shape, ...], tuple[written.Mode, ...]]:
    """Return the matrices under these metrics, and the modes, which refer to them by number."""
    shapes, placed = _placed(fitted, metrics)
    baseline, names = fitted.baseline, name_modes(fitted)
    modes = tuple(
        written.Mode(
            name=names[k].name,
            condition=names[k].condition,
            sessions=baseline.sessions_[k],
            windows=baseline.windows_[k],
            speed_hz=names[k].speed_hz,
            mean=plain(baseline.means_[k]),
            metrics=tuple(placed[k]),
        )
        for k in range(len(baseline.names_))
    )
    return shapes, modes


def common_bounds(fitted: Fitted) -> dict[int, float]:
    """Return the threshold of each level: matrices are scaled so that one serves all modes and means."""
    return {metric.level: float(np.median(fitted.bounds[metric])) for metric in EVIDENCE}


def _placed(
    fitted: Fitted, metrics: tuple[Metric, ...]
) -> tuple[tuple[written.Shape, ...], list[list[written.Placed]]]:
    """Return the matrices, and for each mode where its own of each metric is among them."""
    shapes: list[written.Shape] = []
    placed: list[list[written.Placed]] = [[] for _ in fitted.baseline.names_]
    common = common_bounds(fitted)
    for metric in metrics:
        factors = common[metric.level] / fitted.bounds[metric]
        for mode, (shape, stretch) in enumerate(_matrices(fitted.baseline, metric, factors)):
            if shape is not None:
                shapes.append(shape)
            placed[mode].append(written.Placed(shape=len(shapes) - 1, stretch=stretch))
    return tuple(shapes), placed


def _matrices(
    baseline: Baseline, metric: Metric, factors: Floats
) -> Iterator[tuple[written.Shape | None, tuple[float, ...] | None]]:
    """Yield for each mode (its own matrix, or None where it shares the first one's; its stretch)."""
    if not (isinstance(baseline, MahalanobisDetector) and baseline.is_shared):
        for w, factor in zip(baseline.whitening(metric), factors, strict=True):
            yield whole(w * factor), None
        return
    shape, stretches = baseline.shared(metric)
    for mode, (stretch, factor) in enumerate(zip(stretches, factors, strict=True)):
        yield (whole(shape) if mode == 0 else None), plain(stretch * factor)


def whole(whitening: Floats) -> written.Shape:
    """Return a whitening matrix in whole numbers of 16 bits, each column times its scale."""
    scales = np.float32(np.abs(whitening).max(axis=0) / LARGEST)
    numbers = np.rint(whitening / scales)
    columns = [numbers[: j + 1, j] for j in range(len(whitening))]
    return written.Shape(scales=plain(scales), whitening=plain(np.concatenate(columns)))
