"""The published recordings: tasks, rig, and the controls that keep the figures honest."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from judder_core import features
from numpy.typing import NDArray

from judder.data.sources import windows_of
from judder.data.windows import Windows, in_blocks
from judder.detectors import MahalanobisDetector
from judder.evaluation.intervals import auc
from judder.model.evidence import WINDOWS_COMBINED, Measured, combine, disturbed_limit, measure
from judder.model.scoring import Scored
from judder.training.fitting import FEATURES
from judder.training.train import train

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

BLOCKS = 5
FAN = "fan_0_{}_weight"
STEADY = ("off_0", "low_0", "med_0", "high_0", "low_1", "high_1")
TASKS = {
    "E": (("off_0", "low_0", "med_0", "high_0"), ("low_1", "high_1")),
    "F": (("off_0", "low_0", "med_0", "high_0", "moving"), ("low_1", "high_1")),
    "H": (("high_0",), ("low_0", "med_0", "off_0", "low_1", "high_1")),
    "B": (("moving",), ("med_0", "high_0", "low_1", "high_1", "off_0")),
    "D": (("low_0", "moving"), ("med_0", "high_0", "low_1", "high_1", "off_0")),
}
REFERENCE_ROWS = 128
RESAMPLES = 200
BLOCK = 10
"""Consecutive windows that are resampled together."""


def fan_condition(name: str) -> str:
    return "fan_0_low_0_weight-moving" if name == "moving" else FAN.format(name)


@dataclass
class Task:
    """The scores of one task over folds and halves: of normal windows held out, and of each anomaly."""

    normal: list[Floats] = field(default_factory=list)
    anomalies: dict[str, list[Floats]] = field(default_factory=dict)

    def auc(self, names: Sequence[str] | None = None) -> float:
        """The mean over the folds: scores of different models do not compare."""
        wanted = names or list(self.anomalies)
        folds = [
            auc(normal, np.concatenate([self.anomalies[name][k] for name in wanted]))
            for k, normal in enumerate(self.normal)
        ]
        return float(np.mean([value for value in folds if value is not None]))

    def detection(self, names: Sequence[str] | None = None, rate: float = 0.01) -> float:
        """The share of anomalies above the score that held-out normal windows exceed at rate."""
        limit = np.quantile(np.concatenate(self.normal), 1 - rate, method="higher")
        wanted = names or list(self.anomalies)
        return float(np.mean(np.concatenate([s for name in wanted for s in self.anomalies[name]]) > limit))

    def groups(self) -> int:
        """How many stretches of five windows the normal scores are: an upper limit of what is independent."""
        return sum(len(scores) // WINDOWS_COMBINED for scores in self.normal)

    def interval(self, figure: Callable[["Task"], float]) -> tuple[float, float]:
        """Return the 95 % interval of a figure over resamples of blocks of consecutive windows."""
        rng = np.random.default_rng(0)
        values = [figure(self._resampled(rng)) for _ in range(RESAMPLES)]
        low, high = np.quantile(values, [0.025, 0.975])
        return float(low), float(high)

    def _resampled(self, rng: np.random.Generator) -> "Task":
        return Task(
            [_resample(scores, rng) for scores in self.normal],
            {name: [_resample(scores, rng) for scores in folds] for name, folds in self.anomalies.items()},
        )


def _resample(scores: Floats, rng: np.random.Generator) -> Floats:
    starts = rng.integers(0, max(1, len(scores) - BLOCK + 1), max(1, round(len(scores) / BLOCK)))
    return np.concatenate([scores[start : start + BLOCK] for start in starts])


def halves(windows: Windows) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return (block, half) of each window: five blocks a recording in two halves each, -1 at borders."""
    block, half = np.full(len(windows), -1), np.full(len(windows), -1)
    for mine in windows.by_recording():
        edges = np.round(np.linspace(0, len(mine), 2 * BLOCKS + 1)).astype(int)
        for k in range(2 * BLOCKS):
            inside = mine[edges[k] : edges[k + 1] - 1]
            block[inside], half[inside] = k // 2, k % 2
    return block, half


def run_task(
    measured: Measured,
    name: str,
    score: Callable[..., tuple[Floats, Floats]],
    halves_used: Sequence[int] = (0, 1),
) -> tuple[Task, Task]:
    """Return (single, combined) scores of a task: five folds in each half of the blocks, never shuffled.

    score(measured, fitted, tested) returns the single and combined scores of the windows tested.
    """
    windows = measured.windows
    block, half = halves(windows)
    normal, anomalous = ([fan_condition(c) for c in side] for side in TASKS[name])
    single, combined = Task(), Task()
    for h in halves_used:
        for fold in range(BLOCKS):
            mine = (half == h) & (block >= 0)
            fitted = mine & (block != fold) & np.isin(windows.condition, normal)
            held_out = mine & (block == fold) & np.isin(windows.condition, normal)
            for task, scores in zip((single, combined), score(measured, fitted, held_out), strict=True):
                task.normal.append(scores)
            for condition in anomalous:
                tested = mine & (windows.condition == condition)
                for task, scores in zip((single, combined), score(measured, fitted, tested), strict=True):
                    task.anomalies.setdefault(condition, []).append(scores)
    return single, combined


def by_mahalanobis(values: Floats, modes: NDArray[np.str_]) -> Callable[[Floats], Floats]:
    """Return what scores features by their distance to the nearest mode of values."""
    return MahalanobisDetector(features.load(FEATURES).DEVIATION_FLOOR).fit(values, modes).score


def by_judder(
    measured: Measured,
    fitted: Flags,
    tested: Flags,
    fit: Callable[[Floats, NDArray[np.str_]], Callable[[Floats], Floats]] = by_mahalanobis,
) -> tuple[Floats, Floats]:
    """Judder's scores: shrunk covariances, bumped windows left out, features of five windows averaged."""
    limit = disturbed_limit(measured.swing_g[fitted])
    learned = fitted & (measured.swing_g <= limit)
    score = fit(measured.features[learned], measured.windows.condition[learned])
    part = measured.select(tested)
    means = combine(part, limit)
    undisturbed = part.swing_g <= limit
    enough = ~np.isnan(means[:, 0]) & undisturbed
    return score(part.features[undisturbed]), score(means[enough])


def by_reference(measured: Measured, fitted: Flags, tested: Flags) -> tuple[Floats, Floats]:
    """The reference's scores: MADs of the first 128 rows, one mean and covariance; five windows averaged."""
    mean = measured.features[fitted].mean(axis=0)
    inverse = np.linalg.inv(np.cov(measured.features[fitted], rowvar=False))

    def distance(rows: Floats) -> Floats:
        gaps = rows - mean
        return np.asarray(np.einsum("ij,jk,ik->i", gaps, inverse, gaps))

    part = measured.select(tested)
    means = combine(part, np.inf)
    return distance(part.features), distance(means[~np.isnan(means[:, 0])])


def reference_measured(windows: Windows) -> Measured:
    samples = windows.samples[:, :REFERENCE_ROWS] * windows.scale_g[:, None, None]
    gaps = np.abs(samples - np.median(samples, axis=1, keepdims=True))
    nothing = np.zeros(len(windows))
    return Measured(
        windows, 1.4826 * np.median(gaps, axis=1), np.zeros((len(windows), 3)), nothing, windows.condition
    )


def fan_windows(path: Path) -> Windows:
    return windows_of(path, sample_rate_hz=200.0)


def rig_windows(path: Path) -> Windows:
    return windows_of(path, sample_rate_hz=1000.0, window_len=256, hop=64)


def tasks(path: Path) -> dict[str, dict[str, tuple[Task, Task]]]:
    """Return {task: {"judder" | "reference": (single, combined)}}."""
    windows = fan_windows(path)
    ours, theirs = measure(windows, FEATURES), reference_measured(windows)
    return {
        name: {
            "judder": run_task(ours, name, by_judder),
            "reference": run_task(theirs, name, by_reference),
        }
        for name in TASKS
    }


def unseen(path: Path) -> Iterator[dict[str, Any]]:
    """Yield what a model says of a healthy recording of the same machine that it never saw."""
    windows = fan_windows(path)
    for task, other in (("E", "moving"), ("B", "low_0")):
        normal = [fan_condition(name) for name in TASKS[task][0]]
        model = train(windows, normal, name=task, false_alarms="1 %")
        scored = model.score(windows, fan_condition(other))
        over = scored.combined_score > model.combined_threshold
        yield {
            "task": task,
            "recording": fan_condition(other),
            "over_threshold": float(over.mean()),
            "mounting_changed": float((scored.state == "mounting changed").mean()),
            "alert": float(scored.alert.mean()),
        }


def forward(path: Path) -> Iterator[dict[str, Any]]:
    """Yield, for each steady recording, the alarms on its last fifth of a model of its first three.

    Fitted on the first 40 %, thresholds from the next 20 %, at a wish of 1 %.
    """
    windows = fan_windows(path)
    for name in STEADY:
        mine = windows.of([fan_condition(name)])
        n = len(mine)
        early = mine.select(np.arange(n) < int(0.6 * n))
        model = train(early, name=name, false_alarms="1 %", shares=(2, 1))
        scored = model.score(mine.select(np.arange(n) >= int(0.8 * n)))
        combined = scored.combined_score[~np.isnan(scored.combined_score)]
        yield {
            "recording": fan_condition(name),
            "single": float(scored.anomaly.mean()),
            "combined": float((combined > model.combined_threshold).mean()),
            "warned": any("too alike" in warning for warning in model.warnings),
        }


def wished(path: Path) -> dict[str, Any]:
    """Return the share of held-out windows of the steady normal recordings flagged at a wish of 1 %."""
    windows = fan_windows(path)
    flagged: list[Flags] = []
    for name in STEADY[:4]:
        mine = windows.of([fan_condition(name)])
        block = in_blocks(mine, [1] * BLOCKS)
        for fold in range(BLOCKS):
            rest = mine.select((block >= 0) & (block != fold))
            model = train(rest, name=name, false_alarms="1 %")
            flagged.append(model.score(mine.select(block == fold)).anomaly)
    together = np.concatenate(flagged)
    return {"windows": len(together), "realised": float(together.mean())}


FAULTS = ("imbalance-light", "imbalance-very-heavy", "bent-shaft", "outer-race-heavy")


def rig(path: Path) -> dict[str, Any]:
    """Return AUCs and distances per fault, and false alarms: trained on half of each healthy recording, then
    swapped.
    """
    windows = rig_windows(path)
    healthy = np.char.find(windows.condition, "healthy") >= 0
    half = split_in_half(windows)
    figures: dict[str, Any] = {fault: [] for fault in FAULTS}
    distances: list[float] = []
    false_alarms = tested = 0
    for h in range(2):
        model = train(windows.select(healthy & (half == h)), name="rig")
        normal = model.score(windows.select(healthy & (half == 1 - h)))
        false_alarms += int(normal.alert.sum() + normal.anomaly.sum())
        tested += len(normal.score)
        for fault in FAULTS:
            scored = model.score(windows.select(np.char.find(windows.condition, fault) >= 0))
            distances += _distances(scored)
            known = ~np.isnan(scored.combined_score), ~np.isnan(normal.combined_score)
            figures[fault].append(
                (
                    auc(normal.score, scored.score),
                    auc(normal.combined_score[known[1]], scored.combined_score[known[0]]),
                    float(scored.alert[known[0]].mean()),
                )
            )
    return {"faults": figures, "distances": distances, "false_alarms": false_alarms, "windows": tested}


def _distances(scored: Scored) -> list[float]:
    """Return the median combined score of each condition."""
    condition = scored.windows.condition
    return [
        float(np.nanmedian(scored.combined_score[condition == name])) for name in dict.fromkeys(condition)
    ]


def split_in_half(windows: Windows) -> NDArray[np.int64]:
    """Return 0 for windows of the first half of their recording, 1 for the second, -1 between them."""
    half = np.full(len(windows), -1)
    for mine in windows.by_recording():
        middle = len(mine) // 2
        half[mine[: middle - 2]], half[mine[middle + 2 :]] = 0, 1
    return half


def left_out_speeds(path: Path) -> Iterator[dict[str, Any]]:
    """Yield what a model of the other speeds says of a healthy machine at a speed it never saw."""
    windows = rig_windows(path)
    healthy = [c for c in dict.fromkeys(windows.condition.tolist()) if "healthy" in c]
    for left_out in healthy:
        model = train(windows.of([c for c in healthy if c != left_out]), name="rig")
        scored = model.score(windows.of([left_out]))
        known = ~np.isnan(scored.combined_score)
        yield {
            "recording": left_out,
            "distance": _distances(scored)[0],
            "unknown_mode": float((scored.state[known] == "unknown mode").mean()),
            "suspect": float((scored.state[known] == "suspect").mean()),
        }
