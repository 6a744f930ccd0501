"""Training and testing on blocked folds of the same recordings."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import numpy as np

from judder.data.windows import Windows, concatenate, in_blocks
from judder.evaluation.figures import summarise
from judder.evaluation.intervals import realised
from judder.training.false_alarms import notices_of, wish_of
from judder.training.train import train

Fold = tuple[Windows, Windows]
"""What to train on, and what to test."""


def cross_validate(
    windows: Windows, normal: Sequence[str], anomalous: Sequence[str], folds: int, **training: Any
) -> dict[str, Any]:
    """Train and test on blocked folds: contiguous in time, a window's gap between them, never shuffled.

    The figures are those of over_folds(). training: options of judder.train.
    """
    return over_folds(in_folds(windows, normal, anomalous, folds), normal, anomalous, **training)


def in_folds(windows: Windows, normal: Sequence[str], anomalous: Sequence[str], folds: int) -> Iterator[Fold]:
    """Yield (what to train on, what to test) of each blocked fold; all anomalous windows test in each."""
    normals, anomalies = windows.of(normal), windows.of(anomalous)
    block = in_blocks(normals, [1] * folds)
    for fold in range(folds):
        rest = normals.select((block >= 0) & (block != fold))
        yield rest, concatenate([normals.select(block == fold), anomalies])


def over_folds(
    folds: Iterable[Fold], normal: Sequence[str], anomalous: Sequence[str], **training: Any
) -> dict[str, Any]:
    """Return the figures of models that are each trained and tested on one of folds, and of all together.

    Each normal window is scored once, by the model that has not seen its block; the anomalies by every
    model. Figures are means over the folds, since scores of different models do not compare.
    """
    results = []
    for rest, tested in folds:
        model = train(rest, name="cross-validation", **training)
        results.append(summarise(model.score(tested), normal, anomalous, wish_of(model), notices_of(model)))
    summed = {
        key: {"normal": sum(fold[key]["normal"] for fold in results), "anomaly": results[0][key]["anomaly"]}
        for key in ("windows", "independent_groups")
    }
    figures = average(results)
    raised = {
        key: {
            **figures[key],
            **realised(sum(fold[key]["count"] for fold in results), summed["windows"]["normal"]),
        }
        for key in ("false_alarms", "notices")
    }
    return {"folds": results, **figures, **summed, **raised}


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
