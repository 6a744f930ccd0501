"""A verdict in words: what drove it, where it is not normal."""

from judder_core import numeric
from judder_core.decision import LEVELS, NORMAL, NOTICE, STANDSTILL, Verdict

from judder.evaluation.why import why, why_residual
from judder.server.services.machine import Job


def why_of(job: Job, verdict: Verdict) -> str | None:
    """Return what drove the verdict on job, the last of its machine, or None where all is normal.

    A window that is odd by itself, or left out of the evidence, is explained by its own features: the mean
    may look normal, and after a sudden fault it holds windows from before. Else the evidence explains.
    """
    over = verdict.combined_score is not None and verdict.combined_score > verdict.combined_threshold
    if verdict.state == STANDSTILL or not (verdict.state != LEVELS[NORMAL] or verdict.anomaly or over):
        return None
    by_evidence = (over or bool(verdict.level)) and not verdict.anomaly and verdict.state != "disturbed"
    return (_of_old if job.machine.model.version == 1 else _of_new)(job, verdict, by_evidence)


def _of_old(job: Job, _: Verdict, by_evidence: bool) -> str:
    evidence = job.mean if by_evidence else None
    measured = job.measured if evidence is None else evidence
    detector = job.machine.judge.detector
    return why(detector, measured, job.counts, job.scale_g, job.window.sample_rate_hz)


def _of_new(job: Job, verdict: Verdict, by_evidence: bool) -> str:
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
