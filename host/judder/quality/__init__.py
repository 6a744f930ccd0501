"""The quality gate: what is odd about recordings, said before anyone trusts a figure made of them.

Each check is a function from a Survey to Findings, listed in CHECKS; within one severity, find() keeps
their order.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict
from typing import Any

from judder.quality.conditions import confounding
from judder.quality.findings import Finding, Severity, as_sentences, by_gravity
from judder.quality.folding import aliasing
from judder.quality.samples import clipped, coarse, converted, duplicated, missing_gravity, repeated, stuck
from judder.quality.survey import AXES, Survey, survey
from judder.quality.timing import dropped, late, rate, spread
from judder.quality.trend import drifting

__all__ = ["Finding", "Severity", "Survey", "as_sentences", "find", "survey", "to_dict"]

CHECKS: tuple[Callable[[Survey], Iterator[Finding]], ...] = (
    aliasing,
    confounding,
    missing_gravity,
    stuck,
    clipped,
    duplicated,
    repeated,
    rate,
    spread,
    late,
    dropped,
    drifting,
    converted,
    coarse,
)


def find(surveyed: Survey) -> list[Finding]:
    """Return what is odd, the gravest first; what many conditions share is said once."""
    return by_gravity(finding for check in CHECKS for finding in check(surveyed))


def to_dict(surveyed: Survey, findings: Sequence[Finding]) -> dict[str, Any]:
    """Return the survey and its findings for JSON."""
    return {
        "sample_rate_hz": surveyed.sample_rate_hz,
        "rate_known": surveyed.rate_known,
        "conditions": {
            c.name: {
                "recordings": len(c.recordings),
                "rows": c.rows,
                "seconds": c.rows / surveyed.sample_rate_hz,
                "scale_g": c.step_g or None,
                "axes": {name: asdict(axis) for name, axis in zip(AXES, c.axes, strict=True)},
                "timing": [asdict(r.timing) for r in c.recordings if r.timing],
            }
            for c in surveyed.conditions
        },
        "findings": [asdict(finding) for finding in findings],
    }
