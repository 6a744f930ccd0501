"""The windows that wait are judged together: one pass of NumPy for a hall of boards."""

import asyncio
from collections.abc import Sequence

from judder_core import numeric
from judder_core.decision import LEVELS, NORMAL, NOTICE, STANDSTILL, Verdict
from judder_core.window import Window

from judder.evaluation.why import why, why_residual
from judder.server.services.judging import Job, Machine, judge_all


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


def _why(job: Job, verdict: Verdict) -> str | None:
    """Return what drove verdict, or None where all is normal.

    A window that is odd by itself, or left out of the evidence, is explained by its own features: the mean
    may look normal, and after a sudden fault it holds windows from before. Else the evidence explains.
    """
    over = verdict.combined_score is not None and verdict.combined_score > verdict.combined_threshold
    if verdict.state == STANDSTILL or not (verdict.state != LEVELS[NORMAL] or verdict.anomaly or over):
        return None
    by_evidence = (over or bool(verdict.level)) and not verdict.anomaly and verdict.state != "disturbed"
    return (_why_old if job.machine.model.version == 1 else _why_new)(job, verdict, by_evidence)


def _why_old(job: Job, verdict: Verdict, by_evidence: bool) -> str:
    evidence = job.mean if by_evidence else None
    measured = job.measured if evidence is None else evidence
    detector = job.machine.judge.detector
    return why(detector, measured, job.counts, job.scale_g, job.window.sample_rate_hz)


def _why_new(job: Job, verdict: Verdict, by_evidence: bool) -> str:
    """Explain by the evidence that is furthest under a metric of the verdict's level, or by the window."""
    judge, model, mode = job.machine.judge, job.machine.model, verdict.mode
    assert mode is not None  # only a machine that stands still is in none
    metric, residual = 0, model.residual(numeric, job.measured, mode)
    if by_evidence:
        means = dict(zip(model.lengths, judge.means, strict=True))
        level = max(verdict.level, NOTICE)
        found = [(k, means[n]) for k, (of, n) in enumerate(model.metrics) if of == level and means[n]]
        metric, residual = max(found, key=lambda each: model.distance(numeric, each[1], mode, each[0]))
    return why_residual(model, mode, metric, residual, job.samples_g, job.window.sample_rate_hz)
