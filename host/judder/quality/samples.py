"""What is odd about the samples: still, clipped, coarse, copied, without gravity, in another unit."""

from collections.abc import Iterator

import numpy as np

from judder.quality.findings import Finding, Severity
from judder.quality.survey import AXES, Condition, Survey

RANGES_G = (2.0, 4.0, 8.0, 16.0)
GRAVITY_G = (0.8, 1.2)
CLIPPED_SHARE = 0.001
CLIPPED_STOP = 0.05
COARSE_COUNTS = 4.0
"""An axis whose deviation is below this many counts is bound by the sensor's steps."""
REPEATED_SHARE = 0.05


def missing_gravity(survey: Survey) -> Iterator[Finding]:
    for condition in survey.conditions:
        length = float(np.linalg.norm([axis.mean for axis in condition.axes]))
        if not GRAVITY_G[0] <= length <= GRAVITY_G[1]:
            yield Finding(
                "gravity",
                condition.name,
                f"The mean acceleration is {length:.2f} g, not 1 g: gravity is missing or the unit is not g.",
                "Check unit and offset; Judder's watch of the mounting needs gravity.",
            )


def stuck(survey: Survey) -> Iterator[Finding]:
    """Axes that never move, or stand still in some windows and move in others."""
    for condition in survey.conditions:
        still = (np.ptp(survey.windows[condition.name], axis=1) == 0).sum(axis=0)
        for k, axis in enumerate(condition.axes):
            if axis.low == axis.high:
                yield _stuck(condition, f"Axis {AXES[k]} is {axis.low:g} g all the time.", Severity.STOP)
            elif still[k] and not _is_coarse(condition, k):
                n = len(survey.windows[condition.name])
                yield _stuck(
                    condition,
                    f"Axis {AXES[k]} stands still in {still[k]} of {n} windows.",
                    Severity.WARN,
                )


def _stuck(condition: Condition, sentence: str, severity: Severity) -> Finding:
    hint = "Check the sensor and its wires, and record again."
    return Finding("stuck", condition.name, sentence, hint, severity)


def clipped(survey: Survey) -> Iterator[Finding]:
    """Many samples at an extreme that is one of a sensor's ranges."""
    for condition in survey.conditions:
        for k, axis in enumerate(condition.axes):
            peak = max(abs(axis.low), abs(axis.high))
            share = float((np.abs(condition.in_g[:, k]) >= peak - condition.step_g).mean())
            at_range = any(abs(peak - range_g) <= 0.01 * range_g for range_g in RANGES_G)
            if at_range and share > CLIPPED_SHARE:
                yield Finding(
                    "clipped",
                    condition.name,
                    f"Axis {AXES[k]} stands at its limit of {peak:.2f} g in {share:.1%} of the samples.",
                    "Set a wider sensor.range_g.",
                    Severity.STOP if share > CLIPPED_STOP else Severity.WARN,
                )


def coarse(survey: Survey) -> Iterator[Finding]:
    for condition in survey.conditions:
        few = [AXES[k] for k, axis in enumerate(condition.axes) if axis.sd > 0 and _is_coarse(condition, k)]
        if few:
            yield Finding(
                "quantisation",
                condition.name,
                f"Axis {', '.join(few)} moves by less than {COARSE_COUNTS:g} steps of the sensor.",
                "Set a narrower sensor.range_g, or fix the sensor nearer to the bearing.",
                Severity.NOTE,
            )


def _is_coarse(condition: Condition, k: int) -> bool:
    return condition.axes[k].sd < COARSE_COUNTS * condition.step_g


def duplicated(survey: Survey) -> Iterator[Finding]:
    """Stretches that are there twice."""
    for condition in survey.conditions:
        seen = [s.samples.tobytes() for r in condition.recordings for s in r.segments]
        twice = len(seen) - len(set(seen))
        if twice:
            yield Finding(
                "duplicated",
                condition.name,
                f"{twice} of {len(seen)} stretches are copies of others.",
                "Remove them: a copy in training and test makes every figure too good.",
                Severity.STOP,
            )


def repeated(survey: Survey) -> Iterator[Finding]:
    """Samples that repeat the one before on all axes, far more often than three coarse axes would."""
    for condition in survey.conditions:
        alike = np.diff(survey.windows[condition.name], axis=1) == 0
        share, by_chance = float(alike.all(axis=2).mean()), float(alike.mean(axis=(0, 1)).prod())
        if share > REPEATED_SHARE and share > 2 * by_chance:
            yield Finding(
                "duplicated",
                condition.name,
                f"{share:.0%} of the samples repeat the one before: the sensor is read faster than it"
                " measures.",
                "Set the sensor's output rate to the rate it is read at, and record again.",
            )


def converted(survey: Survey) -> Iterator[Finding]:
    for condition in survey.conditions:
        for note in dict.fromkeys(note for r in condition.recordings for note in r.notes):
            hint = "Write data in g, or check that this is right."
            yield Finding("unit", condition.name, note, hint, Severity.NOTE)
