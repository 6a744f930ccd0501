"""Training and testing on blocked folds of the same recordings."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from judder.data.windows import Windows, concatenate, in_blocks
from judder.evaluation.figures import summarise
from judder.evaluation.intervals import realised
from judder.training.false_alarms import wish_of
from judder.training.train import train

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]


def cross_validate(
    windows: Windows, normal: Sequence[str], anomalous: Sequence[str], folds: int, **training: Any
) -> dict[str, Any]:
    """Train and test on blocked folds: contiguous in time, a window's gap between them, never shuffled.

    Each normal window is scored once, by the model that has not seen its block; the anomalies by every
    model. Figures are means over the folds, since scores of different models do not compare. training:
    options of judder.train.
    """
    normals, anomalies = windows.of(normal), windows.of(anomalous)
    block = in_blocks(normals, [1] * folds)
    results = []
    for fold in range(folds):
        held, rest = normals.select(block == fold), normals.select((block >= 0) & (block != fold))
        model = train(rest, name="cross-validation", **training)
        scored = model.score(concatenate([held, anomalies]))
        results.append(summarise(scored, normal, anomalous, wish_of(model)))
    summed = {
        key: {"normal": sum(fold[key]["normal"] for fold in results), "anomaly": results[0][key]["anomaly"]}
        for key in ("windows", "independent_groups")
    }
    figures = average(results)
    alarms = realised(sum(fold["false_alarms"]["count"] for fold in results), summed["windows"]["normal"])
    return {"folds": results, **figures, **summed, "false_alarms": {**figures["false_alarms"], **alarms}}


def average(values: Sequence[Any]) -> Any:
    """Return the mean of the numbers, place by place in lists and dicts; None where there is none.

    The mean of the folds' intervals is as wide as if the folds erred together: they share the anomalies.
    """
    known = [value for value in values if value is not None]
    if not known or isinstance(known[0], str):
        return known[0] if known else None
    if isinstance(known[0], dict):
        keys = dict.fromkeys(key for value in known for key in value)
        return {key: average([value.get(key, 0) for value in known]) for key in keys}
    if isinstance(known[0], list):
        return [average(ends) for ends in zip(*known, strict=True)]
    return float(np.mean(known))
