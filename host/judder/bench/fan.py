"""The published recordings of a ceiling fan: five tasks, and the controls that keep their figures honest.

Everything here is trained and judged as `judder train` and `judder evaluate` do it.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from judder.bench.levels import Count, count
from judder.bench.reference_mahalanobis import ReferenceMahalanobis
from judder.data.sources import windows_of
from judder.data.windows import Windows, in_blocks
from judder.errors import JudderError
from judder.evaluation.cross_validation import cross_validate, in_folds
from judder.evaluation.intervals import auc
from judder.training.train import train

RATE_HZ = 200.0
FOLDS = 5
WISH = "1 %"
"""Of the windows: a rate that so few of them can show."""
TASKS = {
    "E": (("off_0", "low_0", "med_0", "high_0"), ("low_1", "high_1")),
    "F": (("off_0", "low_0", "med_0", "high_0", "moving"), ("low_1", "high_1")),
    "H": (("high_0",), ("low_0", "med_0", "off_0", "low_1", "high_1")),
    "B": (("moving",), ("med_0", "high_0", "low_1", "high_1", "off_0")),
    "D": (("low_0", "moving"), ("med_0", "high_0", "low_1", "high_1", "off_0")),
}
NORMAL = ("off_0", "low_0", "med_0", "high_0")
STEADY = (*NORMAL, "low_1", "high_1")
UNSEEN = (("E", "moving"), ("B", "low_0"))
"""A task, and a healthy recording of the same machine that its normal conditions lack."""


def fan_windows(path: Path) -> Windows:
    """Return its windows. Raises JudderError where the recordings are others."""
    windows = windows_of(path, sample_rate_hz=RATE_HZ)
    lacking = {condition(short) for short in (*STEADY, "moving")} - set(windows.condition.tolist())
    if lacking:
        raise JudderError(
            f"{path} lacks {', '.join(sorted(lacking))} of the ceiling fan.",
            hint="Download its recordings: judder fetch-data",
        )
    return windows


def condition(short: str) -> str:
    """Return the published name of a condition.

    >>> condition("low_1"), condition("moving")
    ('fan_0_low_1_weight', 'fan_0_low_0_weight-moving')
    """
    return "fan_0_low_0_weight-moving" if short == "moving" else f"fan_0_{short}_weight"


def sides(task: str) -> tuple[list[str], list[str]]:
    """Return the names of a task's normal and of its anomalous conditions."""
    normal, anomalous = TASKS[task]
    return [condition(short) for short in normal], [condition(short) for short in anomalous]


def half(windows: Windows, number: int) -> Windows:
    """Return every other tenth of each recording: number 0 has the first, 1 the second."""
    tenth = in_blocks(windows, [1] * (2 * FOLDS))
    return windows.select((tenth >= 0) & (tenth % 2 == number))


def figures_of(task: str, windows: Windows, **training: Any) -> dict[str, Any]:
    """Return the figures of `judder evaluate --cross-validate`. training: options of judder.train."""
    return cross_validate(windows, *sides(task), FOLDS, **training)


def by_reference(task: str, windows: Windows) -> float:
    """Return the AUC of a task for the reference's features and its one Gaussian, the mean over the folds."""
    normal, anomalous = sides(task)
    found = []
    for rest, tested in in_folds(windows, normal, anomalous, FOLDS):
        scores = ReferenceMahalanobis().fit(rest).score(tested)
        is_normal = np.isin(tested.condition, normal)
        found.append(auc(scores[is_normal], scores[~is_normal]) or 0.0)
    return float(np.mean(found))


def unseen(windows: Windows) -> Iterator[tuple[str, str, Count]]:
    """Yield (task, recording, what its model says) of healthy recordings of the same machine it never saw."""
    for task, other in UNSEEN:
        model = train(windows.of(sides(task)[0]), name=task)
        yield task, condition(other), count(model.score(windows.of([condition(other)])))


def forward(windows: Windows) -> Iterator[tuple[str, Count]]:
    """Yield (recording, what is said of its last fifth by a model of its first three) of the steady ones."""
    for name in map(condition, STEADY):
        mine = windows.of([name])
        n = len(mine)
        model = train(mine.select(np.arange(n) < int(0.6 * n)), name=name)
        yield name, count(model.score(mine.select(np.arange(n) >= int(0.8 * n))))


def wished(windows: Windows) -> dict[str, Any]:
    """Return the share of the normal recordings' held-out windows flagged at WISH, a model a recording."""
    tested = flagged = 0
    for name in map(condition, NORMAL):
        figures = cross_validate(windows, [name], [], FOLDS, false_alarms=WISH)
        tested += figures["windows"]["normal"]
        flagged += figures["false_alarms"]["count"]
    return {"windows": tested, "realised": flagged / tested}
