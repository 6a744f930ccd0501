"""Golden windows: what every runtime recomputes before it trusts a model."""

from typing import Any

import numpy as np
from judder_core import model_file, model_file_v2
from judder_core.model import as_float
from numpy.typing import NDArray

from judder.engine import numeric_numpy
from judder.model import document as written
from judder.model import judging
from judder.training.fitting import Fitted


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
    measured = [as_float(value) for value in core.features(numeric_numpy, batch, scale_g)]
    score, alarm = model_file_v2.scores_of(core, core.detectors[detector], measured, numeric_numpy)
    return written.Golden(
        detector=detector,
        counts=tuple(counts.ravel().tolist()) if with_counts else None,
        scale_g=scale_g,
        features=tuple(measured),
        score=score,
        alarm=alarm,
    )
