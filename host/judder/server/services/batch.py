"""The windows that wait are scored together: one pass of NumPy for a hall of boards."""

import asyncio
from array import array
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

import numpy as np
from judder_core import features, numeric, pose
from judder_core.decision import Decision, Verdict
from judder_core.judge_v1 import Judge
from judder_core.model import as_float
from judder_core.model_v1 import Detector
from judder_core.window import Window

from judder.data.windows import whole_counts
from judder.engine import numeric_numpy
from judder.evaluation.why import why

FEW = 12
"""Below this many, plain Python scores features faster, row by row: Mahalanobis takes 0.03 ms a row, NumPy
0.3 ms for 1 as for 20. Measuring windows is another matter: 1.6 ms each, 0.7 ms in NumPy for 1, 1.0 ms for 20
(2026-11-24).
"""

K = TypeVar("K", bound=Hashable)
T = TypeVar("T")
Floats = Sequence[float]


@dataclass
class Machine:
    """What one detector knows of one board's machine so far."""

    judge: Judge
    decision: Decision


@dataclass(eq=False)
class Job:
    """A window for one machine. measured: its features; mean: those of the evidence, None if that is thin."""

    machine: Machine
    window: Window
    done: "asyncio.Future[tuple[Verdict, str | None]]"
    counts: Sequence[int] = field(init=False)
    scale_g: float = field(init=False)
    measured: Floats = ()
    where: Floats = ()
    mean: Floats | None = None

    def __post_init__(self) -> None:
        self.counts, self.scale_g = _counts(self.window)

    @property
    def detector(self) -> Detector:
        detector: Detector = self.machine.judge.detector
        return detector


class Batch:
    """Windows that wait for their verdict; those of one turn of the event loop are scored together."""

    def __init__(self) -> None:
        self._waiting: list[Job] = []

    async def update(self, machine: Machine, window: Window) -> tuple[Verdict, str | None]:
        """Return the verdict on machine's next window, and what drove it where it is not normal."""
        loop = asyncio.get_running_loop()
        job = Job(machine, window, loop.create_future())
        if not self._waiting:
            loop.call_soon(self._score_waiting)
        self._waiting.append(job)
        return await job.done

    def _score_waiting(self) -> None:
        """Score one window a machine: its next one builds on what this one leaves behind."""
        jobs = list({id(job.machine): job for job in reversed(self._waiting)}.values())
        self._waiting = [job for job in self._waiting if job not in jobs]
        if self._waiting:
            asyncio.get_running_loop().call_soon(self._score_waiting)
        _finish(jobs)


def _finish(jobs: Sequence[Job]) -> None:
    """Tell whoever waits for jobs the verdicts. A window that cannot be judged fails alone."""
    try:
        verdicts = judge_all(jobs)
    except Exception as error:
        if len(jobs) == 1:
            _fail(jobs[0], error)
        else:
            for job in jobs:
                _finish([job])
        return
    for job, verdict in zip(jobs, verdicts, strict=True):
        try:
            told = verdict, _why(job, verdict)
        except Exception as error:
            _fail(job, error)
        else:
            if not job.done.done():  # whoever asked may be gone
                job.done.set_result(told)


def _fail(job: Job, error: Exception) -> None:
    if not job.done.done():
        job.done.set_exception(error)


def judge_all(jobs: Sequence[Job]) -> list[Verdict]:
    """Return the verdict on each window, as Judge.update() comes to it. No machine may be there twice."""
    for _, alike in _grouped(jobs, lambda job: (job.detector.feature_set, len(job.counts))):
        fresh = [job for job in alike if not job.measured]  # after a failure, some have been measured before
        if fresh:
            _measure(fresh)
    rows = [(job.detector, job.measured) for job in jobs]
    rows += [(job.detector, job.mean) for job in jobs if job.mean is not None]
    scores = _score(rows)
    combined = iter(scores[len(jobs) :])
    return [
        job.machine.judge.conclude(score, None if job.mean is None else next(combined), job.where)
        for job, score in zip(jobs, scores, strict=False)
    ]


def _measure(jobs: Sequence[Job]) -> None:
    """Measure the windows of jobs, alike in length and feature set, and gather the evidence."""
    feature_set, window_len = jobs[0].detector.feature_set, len(jobs[0].counts) // 3
    once = list({id(job.window): job for job in jobs}.values())  # two detectors may see the same features
    counts = np.array([job.counts for job in once]).reshape(len(once), window_len, 3)
    scales_g = np.array([job.scale_g for job in once])
    measured = features.compute(numeric_numpy, feature_set, counts, scales_g)
    where, swing_g = pose.measure(numeric_numpy, counts, scales_g, window_len)
    rows = (np.stack(measured, axis=-1).tolist(), np.stack(where, axis=-1).tolist(), swing_g.tolist())
    found = zip(*rows, strict=True)
    by_window = {id(job.window): row for job, row in zip(once, found, strict=True)}
    for job in jobs:
        measured_of_job, job.where, swing_g = by_window[id(job.window)]
        job.machine.judge.follow(job.window.boot_id, job.window.seq)
        job.mean = job.machine.judge.gather(measured_of_job, swing_g)
        job.measured = measured_of_job


def _score(rows: Sequence[tuple[Detector, Floats]]) -> list[float]:
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


def _why(job: Job, verdict: Verdict) -> str | None:
    """Return what drove verdict, or None where all is normal.

    A window that is odd by itself, or left out of the evidence, is explained by its own features: the mean
    may look normal, and after a sudden fault it holds windows from before. Else the evidence explains.
    """
    over = verdict.combined_score is not None and verdict.combined_score > verdict.combined_threshold
    if verdict.state == "normal" and not (verdict.anomaly or over):
        return None
    by_evidence = over and not verdict.anomaly and verdict.state != "disturbed"
    evidence = job.mean if by_evidence else None
    measured = job.measured if evidence is None else evidence
    return why(job.detector, measured, job.counts, job.scale_g, job.window.sample_rate_hz)
