"""The published recordings of a ceiling fan: five tasks, and the controls that keep their figures honest.

Everything here is trained by judder.training and judged by judder.evaluation, as `judder train` and
`judder evaluate` do it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from judder.bench.reference_mahalanobis import ReferenceMahalanobis, first_rows
from judder.data.loading import load_recordings
from judder.data.recording import Recording
from judder.data.windows import Windows, choose, cut_windows, in_blocks
from judder.evaluation.cross_validation import cross_validate
from judder.evaluation.scoring import score_windows
from judder.training.train import TrainingOptions, train

RATE_HZ = 200.0
FOLDS = 5
WISH = "1 %"
"""Of the controls: a rate that so few windows can show."""
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


@dataclass(frozen=True)
class Fan:
    """The recordings and the windows to look at, all or some of them."""

    recordings: list[Recording]
    windows: Windows

    @classmethod
    def load(cls, path: Path) -> Self:
        recordings = load_recordings(path)
        return cls(recordings, cut_windows(recordings, RATE_HZ))

    def half(self, number: int) -> Self:
        """Return every other tenth of each recording: number 0 has the first, 1 the second."""
        tenth = in_blocks(self.windows, [1] * (2 * FOLDS))
        return type(self)(self.recordings, self.windows.select((tenth >= 0) & (tenth % 2 == number)))

    def task(self, task: str, options: TrainingOptions | None = None) -> dict[str, Any]:
        """Return the figures of `judder evaluate --cross-validate` for a task."""
        options = options or TrainingOptions(task)
        return cross_validate(self.windows, self.recordings, *sides(task), FOLDS, options)

    def by_reference(self, task: str) -> dict[str, Any]:
        """Return the figures of a task for the reference's features and its one Gaussian."""
        options = TrainingOptions("reference", "mad", detector=ReferenceMahalanobis)
        return cross_validate(first_rows(self.windows), self.recordings, *sides(task), FOLDS, options)


def unseen(fan: Fan) -> Iterator[dict[str, Any]]:
    """Yield what a model says of a healthy recording of the same machine that it never saw."""
    for task, other in UNSEEN:
        normal, _ = sides(task)
        options = TrainingOptions(task, false_alarms=WISH)
        model = train(fan.windows.of(normal), choose(fan.recordings, normal), options).model
        scored = score_windows(model, fan.windows.of([condition(other)]))
        yield {
            "task": task,
            "recording": condition(other),
            "over_threshold": _share_over(scored.combined_score, model.detectors[0].combined_threshold),
            "mounting_changed": float((scored.state == "mounting changed").mean()),
            "alert": float(scored.alert.mean()),
        }


def forward(fan: Fan) -> Iterator[dict[str, Any]]:
    """Yield, for each steady recording, the alarms on its last fifth of a model of its first three.

    Fitted on the first 40 %, thresholds from the next 20 %.
    """
    for name in map(condition, STEADY):
        mine = fan.windows.of([name])
        n = len(mine)
        options = TrainingOptions(name, false_alarms=WISH, shares=(2, 1))
        early = mine.select(np.arange(n) < int(0.6 * n))
        trained = train(early, choose(fan.recordings, [name]), options)
        scored = score_windows(trained.model, mine.select(np.arange(n) >= int(0.8 * n)))
        combined = scored.combined_score[~np.isnan(scored.combined_score)]
        yield {
            "recording": name,
            "single": float(scored.anomaly.mean()),
            "combined": _share_over(combined, trained.model.detectors[0].combined_threshold),
            "warned": any("too alike" in warning for warning in trained.warnings),
        }


def wished(fan: Fan) -> dict[str, Any]:
    """Return the share of the normal recordings' held-out windows flagged at WISH, a model a recording."""
    windows = flagged = 0
    for name in map(condition, NORMAL):
        options = TrainingOptions(name, false_alarms=WISH)
        figures = cross_validate(fan.windows, fan.recordings, [name], [], FOLDS, options)
        windows += figures["windows"]["normal"]
        flagged += figures["false_alarms"]["count"]
    return {"windows": windows, "realised": flagged / windows}


def _share_over(scores: NDArray[np.float64], threshold: float) -> float:
    return float((scores > threshold).mean())
