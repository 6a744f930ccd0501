"""What only a model of version 2 has in model_data.h."""

from itertools import pairwise

import numpy as np
from judder_core.decision import LEVELS
from judder_core.mahalanobis import Metric
from judder_core.model import Detector, Mode, Model

from judder.errors import JudderError
from judder.export.c_source import declaration, string
from judder.export.parts import Parts, floats, single, table

MOST_LENGTHS = 3  # kMaxLengths in limits.h
MOST_FEATURES = 32  # kMaxFeatures


def parts_v2(model: Model, detector: Detector) -> Parts:
    """Return what the sketch needs of a model beside what each has. Raises JudderError for too much of it."""
    _check(model)
    shapes = _Shapes()
    modes = "".join(_mode(shapes, k, mode) for k, mode in enumerate(model.modes))
    metrics = [f"judder::Level::k{LEVELS[level].title()}, {windows}" for level, windows in model.metrics]
    size = len(model.modes[0].mean)
    rows = sum(longer // shorter for shorter, longer in pairwise([1, *model.lengths]))
    names = [f"{string(mode.name)}, kMode{k}Mean, kMode{k}Whitenings" for k, mode in enumerate(model.modes)]
    return Parts(
        model="Model",
        judge="Judge",
        include="src/core/judge.h",
        feature_set=model.feature_set,
        alarm_threshold=detector.alarm_threshold,
        declarations=(
            shapes.declarations
            + modes
            + table("Mode", "kModes", names)
            + table("Metric", "kMetrics", metrics)
            + declaration("kLengths", np.array(model.lengths, np.int32))
            + f"static float evidence_rows[{rows} * {size}];\n"
        ),
        fields=(
            "kMetrics",
            str(len(metrics)),
            "kLengths",
            str(len(model.lengths)),
            "evidence_rows",
            "kModes",
            str(len(model.modes)),
            "-1.0f" if model.standstill_g is None else single(model.standstill_g),
        ),
    )


def _check(model: Model) -> None:
    size = len(model.modes[0].mean)
    if len(model.lengths) > MOST_LENGTHS or size > MOST_FEATURES:
        raise JudderError(
            f"Model {model.model_id} has means of {len(model.lengths)} lengths, of {size} features;"
            f" the sketch has room for {MOST_LENGTHS} and {MOST_FEATURES}.",
            hint="Raise kMaxLengths and kMaxFeatures in limits.h.",
        )


class _Shapes:
    """The whitening matrices of a model, each printed once, however many modes share it."""

    def __init__(self) -> None:
        self.declarations = ""
        self._names: dict[int, str] = {}

    def name(self, metric: Metric) -> str:
        """Return what the matrix of a mode's metric is called."""
        key = id(metric.whitening)
        if key not in self._names:
            name = self._names[key] = f"kShape{len(self._names)}"
            self.declarations += (
                floats({f"{name}Scales": metric.scales})
                + declaration(f"{name}Whitening", np.asarray(metric.whitening, np.int16))
                + f"static const judder::Shape {name} = {{{name}Scales, {name}Whitening}};\n"
            )
        return self._names[key]


def _mode(shapes: _Shapes, k: int, mode: Mode) -> str:
    """Return the definitions of a mode's arrays, k being its number."""
    arrays, rows = {f"kMode{k}Mean": mode.mean}, []
    for number, metric in enumerate(mode.metrics):
        name = f"kMode{k}Stretch{number}"
        if metric.stretch is not None:
            arrays[name] = metric.stretch
        rows.append(f"&{shapes.name(metric)}, {'nullptr' if metric.stretch is None else name}")
    return floats(arrays) + table("Whitening", f"kMode{k}Whitenings", rows)
