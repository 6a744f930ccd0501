"""Golden windows: what every runtime recomputes before it trusts a model."""

from typing import Any

import numpy as np
from judder_core import model_file
from numpy.typing import NDArray

from judder.engine import numeric_numpy
from judder.model import document as written
from judder.model import judging
from judder.training.fitting import EVIDENCE, Fitted


def strangest(fitted: Fitted, document: written.Document) -> tuple[written.Golden, ...]:
    """Return the strangest of the normal windows that no threshold flags, for every runtime to recompute."""
    measured = fitted.measured.select(fitted.used)
    windows = measured.windows
    if windows.samples.dtype != np.int16:
        return ()
    core = model_file.load(document.to_bytes(), numeric_numpy)
    _, score, _ = judging.nearest(core, core.detectors[0], measured.features)
    calm = np.flatnonzero(score <= core.detectors[0].threshold)
    k = int(calm[np.argmax(score[calm])])
    return (golden(core, 0, windows.samples[k], float(windows.scale_g[k]), with_counts=True),)


def golden(
    core: Any, detector: int, counts: NDArray[np.int16], scale_g: float, with_counts: bool
) -> written.Golden:
    """Return a window as a model's detector sees it."""
    batch = numeric_numpy.batch(counts)
    measured = [np.asarray(value) for value in core.features(numeric_numpy, batch, scale_g)]
    distances = [float(np.ravel(d)[0]) for d in core.distances(numeric_numpy, measured)]
    mode = int(np.argmin(distances))
    residual = core.residual(numeric_numpy, measured, mode)
    judge = core.detectors[detector]
    factor = float(np.ravel(judge.factor(numeric_numpy, residual, core.modes[mode]))[0])
    _, alarm = core.scores(numeric_numpy, judge, mode, EVIDENCE[1].windows, residual)
    return written.Golden(
        detector=detector,
        counts=tuple(counts.ravel().tolist()) if with_counts else None,
        scale_g=scale_g,
        features=tuple(float(np.ravel(value)[0]) for value in measured),
        score=distances[mode] * factor,
        alarm=float(np.ravel(alarm)[0]),
    )
