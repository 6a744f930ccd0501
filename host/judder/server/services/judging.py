"""Windows of many machines judged together: measured in one pass of NumPy, then each by its own judge."""

from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from typing import Any, TypeVar

import numpy as np
from judder_core import features, numeric, pose, stats
from judder_core.decision import Verdict
from judder_core.judge import Motion
from judder_core.model import as_float

from judder.engine import numeric_numpy
from judder.server.services.machine import Floats, Job
from judder.server.services.words import why_of

FEW = 12
"""Below this many, plain Python scores features of version 1 faster, row by row: Mahalanobis takes 0.03 ms a
row, NumPy 0.3 ms for 1 as for 20. Measuring windows is another matter: of 27 features, 1.1 ms for 1 window,
0.06 ms each for 32, 0.03 ms for 256 (2026-11-30).
"""

K = TypeVar("K", bound=Hashable)
T = TypeVar("T")


def judge_all(jobs: Sequence[Job]) -> None:
    """Give jobs, each machine's in order, the verdict that its judge's update() comes to, or an error."""
    for _, alike in _grouped(jobs, lambda job: (job.machine.feature_set, len(job.counts))):
        _measure(alike)
    for turn in _turns([job for job in jobs if job.error is None]):
        _judge_old([job for job in turn if job.machine.model.version == 1])
        for job in turn:
            _conclude(job)


def _turns(jobs: Iterable[Job]) -> Iterator[list[Job]]:
    """Yield jobs in order, no machine twice at a time: its next verdict builds on what this one leaves."""
    queues = [alike for _, alike in _grouped(jobs, lambda job: job.machine)]
    while queues:
        yield [queue[0] for queue in queues]
        queues = [queue[1:] for queue in queues if len(queue) > 1]


def _measure(jobs: Sequence[Job]) -> None:
    """Measure the windows of jobs, alike in length and feature set."""
    once = list({_seen_alike(job): job for job in jobs}.values())
    try:
        rows = _measured(once)
    except Exception as error:  # such as a set that takes longer windows
        for job in jobs:
            job.error = error
        return
    found = {_seen_alike(job): row for job, row in zip(once, rows, strict=True)}
    for job in jobs:
        job.measured, (x, y, z, *more) = found[_seen_alike(job)]
        job.motion = Motion((x, y, z), *more)


def _measured(jobs: Sequence[Job]) -> Iterable[tuple[Floats, Floats]]:
    """Return the features of each window, and how it moves: pose, swing, rms and the error of the pose."""
    window_len = len(jobs[0].counts) // 3
    counts = np.array([job.counts for job in jobs]).reshape(len(jobs), window_len, 3)
    scales_g = np.array([job.scale_g for job in jobs])
    poses = list(np.array([job.machine.pose for job in jobs]).T)
    axes = stats.centred(numeric_numpy, counts)
    measured = features.compute(numeric_numpy, jobs[0].machine.feature_set, counts, scales_g, poses, axes)
    where, swing_g = pose.measure(numeric_numpy, counts, scales_g, window_len)
    rms_g, error_g2 = pose.spread(numeric_numpy, counts, axes, scales_g, window_len)
    moved = np.stack([*where, swing_g, rms_g, error_g2], axis=-1).tolist()
    return zip(np.stack(measured, axis=-1).tolist(), moved, strict=True)


def _seen_alike(job: Job) -> Hashable:
    """Return what tells measurements apart: two detectors may see a window alike, two models turn it."""
    return id(job.window), job.machine.pose


def _judge_old(jobs: Sequence[Job]) -> None:
    """Give the jobs of models of version 1 their scores, together where one detector scores them."""
    for job in jobs:
        _gather(job)
    sound = [job for job in jobs if job.error is None]
    for detector, alike in _grouped(sound, lambda job: job.machine.judge.detector):
        evidence = [job for job in alike if job.mean is not None]
        rows = [job.measured for job in alike] + [job.mean or () for job in evidence]
        try:
            scores = _score(detector, rows)
        except Exception as error:
            for job in alike:
                job.error = error
            continue
        combined = dict(zip(evidence, scores[len(alike) :], strict=True))
        for job, score in zip(alike, scores, strict=False):
            job.scores = score, combined.get(job)


def _gather(job: Job) -> None:
    judge = job.machine.judge
    try:
        judge.follow(job.window.boot_id, job.window.seq)
        job.mean = judge.gather(job.measured, job.motion.swing_g if job.motion else 0.0)
    except Exception as error:
        job.error = error


def _score(detector: Any, rows: Sequence[Floats]) -> list[float]:
    """Return the score of each row of features."""
    if len(rows) < FEW:
        return [as_float(detector.score(numeric, row)) for row in rows]
    scores: list[float] = detector.score(numeric_numpy, list(np.array(rows).T)).tolist()
    return scores


def _conclude(job: Job) -> None:
    """Have its judge say what a window comes to, and why: before the machine's next one."""
    if job.error:
        return
    try:
        job.verdict = _verdict_old(job) if job.machine.model.version == 1 else _verdict(job)
        job.why = why_of(job, job.verdict)
    except Exception as error:
        job.error = error


def _verdict_old(job: Job) -> Verdict:
    verdict: Verdict = job.machine.judge.conclude(*job.scores, job.motion and job.motion.pose)
    return verdict


def _verdict(job: Job) -> Verdict:
    judge, motion = job.machine.judge, job.motion
    judge.follow(job.window.boot_id, job.window.seq)
    is_still = judge.model.stands_still(motion.rms_g if motion else 0.0)
    verdict: Verdict = judge.stand_still() if is_still else judge.judge(numeric.vector(job.measured), motion)
    return verdict


def _grouped(items: Iterable[T], key: Callable[[T], K]) -> Iterable[tuple[K, list[T]]]:
    groups: dict[K, list[T]] = {}
    for item in items:
        groups.setdefault(key(item), []).append(item)
    return groups.items()
