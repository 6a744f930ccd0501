"""Windows of many machines judged together: measured in one pass of NumPy, then each by its own judge."""

import asyncio
from array import array
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

import numpy as np
from judder_core import features, numeric, pose, stats
from judder_core.decision import Decision, Verdict
from judder_core.judge import Motion
from judder_core.model import as_float
from judder_core.window import Window
from numpy.typing import NDArray

from judder.data.windows import whole_counts
from judder.engine import numeric_numpy

FEW = 12
"""Below this many, plain Python scores features faster, row by row: Mahalanobis takes 0.03 ms a row, NumPy
0.3 ms for 1 as for 20. Measuring windows is another matter: 1.6 ms each, 0.7 ms in NumPy for 1, 1.0 ms for 20
(2026-11-24).
"""

NO_POSE = (0.0, 0.0, 0.0)

K = TypeVar("K", bound=Hashable)
T = TypeVar("T")
Floats = Sequence[float]


@dataclass
class Machine:
    """What one detector knows of one board's machine so far. judge: of either version of models."""

    judge: Any
    decision: Decision

    @property
    def model(self) -> Any:
        return self.judge.model

    @property
    def feature_set(self) -> str:
        """What its detector sees: the same for all of a model, from version 2 on."""
        name: str = (self.judge.detector if self.model.version == 1 else self.model).feature_set
        return name

    @property
    def pose(self) -> tuple[float, ...]:
        """What its windows are turned to: version 1 turns none."""
        return NO_POSE if self.model.version == 1 else tuple(self.model.pose_mean or NO_POSE)

    def mode_name(self, mode: int | None) -> str | None:
        """Return what the operating mode of that number is called, None where there is none: a frame may say
        any number.
        """
        names: list[str] = self.model.mode_names
        return names[mode] if mode is not None and mode < len(names) else None


@dataclass(eq=False)
class Job:
    """A window for one machine. done: whoever waits for the verdict and for what drove it.

    measured: its features. mean: those of the evidence, of a model of version 1, None if that is thin.
    """

    machine: Machine
    window: Window
    done: "asyncio.Future[tuple[Verdict, str | None]]"
    counts: Sequence[int] = field(init=False)
    scale_g: float = field(init=False)
    measured: Floats = ()
    motion: Motion | None = None
    mean: Floats | None = None
    verdict: Verdict | None = None

    def __post_init__(self) -> None:
        self.counts, self.scale_g = _counts(self.window)

    @property
    def samples_g(self) -> NDArray[np.float64]:
        return np.asarray(self.counts).reshape(-1, 3) * self.scale_g


def judge_all(jobs: Sequence[Job]) -> list[Verdict]:
    """Return the verdict on each window, as its judge's update() comes to it. No machine may be there twice.

    After a failure jobs may come again: what was measured and judged of them before stands.
    """
    fresh = [job for job in jobs if job.motion is None]
    for _, alike in _grouped(fresh, lambda job: (job.machine.feature_set, len(job.counts))):
        _measure(alike)
    _judge_old([job for job in jobs if job.machine.model.version == 1])
    return [_verdict(job) for job in jobs]


def _measure(jobs: Sequence[Job]) -> None:
    """Measure the windows of jobs, alike in length and feature set, and tell their judges which come."""
    once = list({_seen_alike(job): job for job in jobs}.values())
    window_len = len(jobs[0].counts) // 3
    counts = np.array([job.counts for job in once]).reshape(len(once), window_len, 3)
    scales_g = np.array([job.scale_g for job in once])
    poses = list(np.array([job.machine.pose for job in once]).T)
    axes = stats.centred(numeric_numpy, counts)
    measured = features.compute(numeric_numpy, jobs[0].machine.feature_set, counts, scales_g, poses, axes)
    where, swing_g = pose.measure(numeric_numpy, counts, scales_g, window_len)
    rms_g, error_g2 = pose.spread(numeric_numpy, counts, axes, scales_g, window_len)
    moved = np.stack([*where, swing_g, rms_g, error_g2], axis=-1).tolist()
    rows = zip(once, np.stack(measured, axis=-1).tolist(), moved, strict=True)
    found = {_seen_alike(job): (row, motion) for job, row, motion in rows}
    for job in jobs:
        job.measured, (x, y, z, *more) = found[_seen_alike(job)]
        job.motion = Motion((x, y, z), *more)
        job.machine.judge.follow(job.window.boot_id, job.window.seq)
        if job.machine.model.version == 1:
            job.mean = job.machine.judge.gather(job.measured, job.motion.swing_g)


def _seen_alike(job: Job) -> Hashable:
    """Return what tells measurements apart: two detectors may see a window alike, two models turn it."""
    return id(job.window), job.machine.pose


def _judge_old(jobs: Sequence[Job]) -> None:
    """Give the jobs of models of version 1 their verdicts, scored together."""
    rows = [(job.machine.judge.detector, job.measured) for job in jobs]
    rows += [(job.machine.judge.detector, job.mean) for job in jobs if job.mean is not None]
    scores = _score(rows)
    combined = iter(scores[len(jobs) :])
    for job, score in zip(jobs, scores, strict=False):
        evidence = None if job.mean is None else next(combined)
        job.verdict = job.machine.judge.conclude(score, evidence, job.motion and job.motion.pose)


def _score(rows: Sequence[tuple[Any, Floats]]) -> list[float]:
    """Return the score of each row of features, by its detector."""
    scores = [0.0] * len(rows)
    for detector, which in _grouped(range(len(rows)), lambda k: rows[k][0]):
        if len(which) < FEW:
            found = [as_float(detector.score(numeric, rows[k][1])) for k in which]
        else:
            found = detector.score(numeric_numpy, list(np.array([rows[k][1] for k in which]).T)).tolist()
        for k, score in zip(which, found, strict=True):
            scores[k] = score
    return scores


def _verdict(job: Job) -> Verdict:
    judge = job.machine.judge
    if job.verdict is None and judge.model.stands_still(job.motion.rms_g if job.motion else 0.0):
        job.verdict = judge.stand_still()
    elif job.verdict is None:
        job.verdict = judge.judge(numeric.vector(job.measured), job.motion)
    return job.verdict


def _grouped(items: Iterable[T], key: Callable[[T], K]) -> Iterable[tuple[K, list[T]]]:
    groups: dict[K, list[T]] = {}
    for item in items:
        groups.setdefault(key(item), []).append(item)
    return groups.items()


def _counts(window: Window) -> tuple[Sequence[int], float]:
    """Return window's samples as whole counts, and g per count."""
    if window.counts.typecode == "h":
        return window.counts, window.scale_g
    whole, scale = whole_counts(np.asarray(window.counts).reshape(1, -1, 3), np.array([window.scale_g]))
    return array("h", whole.tobytes()), float(scale[0])
