"""What is odd about the clock: the rate, late windows and lost ones."""

import math
from bisect import bisect
from collections.abc import Iterator
from itertools import pairwise

from judder import text
from judder.data.recording import Timing
from judder.quality.findings import Finding, Severity
from judder.quality.survey import Condition, Survey

NOMINAL_HZ: list[float] = sorted(
    {*(12.5 * 2**k for k in range(8)), *(1000 / 2**k for k in range(8)), 10.0, 20.0, 2000.0, 4000.0}
)
"""Output rates that accelerometers offer."""
BETWEEN_HZ = [math.sqrt(low * high) for low, high in pairwise(NOMINAL_HZ)]
"""As many times one of them as of the next: where the nearer one changes."""
RATE_OFF = 0.05
SPREAD = 0.02
LATE_SHARE = 0.01
LATE_STOP = 0.20
DROPPED_SHARE = 0.01


def nominal_hz(rate_hz: float) -> float:
    """Return the output rate a sensor was probably set to.

    >>> nominal_hz(243.0)
    250.0
    """
    return NOMINAL_HZ[bisect(BETWEEN_HZ, rate_hz)]


def off_nominal(rate_hz: float) -> str | None:
    """Return a sentence where a measured rate is off every usual one.

    >>> off_nominal(231.0)
    'The measured rate is 231.0 Hz, -8% off 250 Hz.'
    """
    nominal = nominal_hz(rate_hz)
    off = rate_hz / nominal - 1
    return (
        f"The measured rate is {rate_hz:.1f} Hz, {off:+.0%} off {nominal:g} Hz."
        if abs(off) > RATE_OFF
        else None
    )


def rate(survey: Survey) -> Iterator[Finding]:
    """A rate that nobody said, that the data contradict, or that no sensor was set to."""
    if not survey.rate_known:
        yield Finding(
            "rate",
            "",
            "The data do not say their sample rate; 200 Hz, the reference's, is assumed.",
            "Give it with --sample-rate.",
        )
    for condition in survey.conditions:
        for hz in dict.fromkeys(r.sample_rate_hz for r in condition.recordings if r.sample_rate_hz):
            if abs(hz / survey.sample_rate_hz - 1) > RATE_OFF:
                yield Finding(
                    "rate",
                    condition.name,
                    f"The data say {text.rate(hz)}, not {text.rate(survey.sample_rate_hz)}.",
                    "Leave out --sample-rate, unless you know better.",
                    Severity.STOP,
                )
        sentences = (
            off_nominal(r.sample_rate_hz) for r in condition.recordings if r.timing and r.sample_rate_hz
        )
        for sentence in filter(None, sentences):
            yield Finding(
                "rate",
                condition.name,
                sentence,
                "The sensor's clock is off, or samples are lost: see the board's status.",
            )


def spread(survey: Survey) -> Iterator[Finding]:
    """Windows of one recording at different rates."""
    for condition, timing in _timings(survey):
        low_hz, high_hz = timing.rate_low_hz, timing.rate_high_hz
        if high_hz / low_hz - 1 > SPREAD:
            yield Finding(
                "jitter",
                condition.name,
                f"The measured rate goes from {low_hz:.1f} to {high_hz:.1f} Hz.",
                "Let the sensor's own clock pace the board: connect its data-ready pin.",
            )


def late(survey: Survey) -> Iterator[Finding]:
    for condition, timing in _timings(survey):
        share = timing.late / timing.windows
        if share > LATE_SHARE:
            yield Finding(
                "jitter",
                condition.name,
                f"{timing.late} of {timing.windows} windows have too many late samples.",
                'Set signal.late_windows to "drop", or free the board of other work.',
                Severity.STOP if share > LATE_STOP else Severity.WARN,
            )


def dropped(survey: Survey) -> Iterator[Finding]:
    for condition, timing in _timings(survey):
        if timing.dropped:
            many = timing.dropped > DROPPED_SHARE * (timing.dropped + timing.windows)
            yield Finding(
                "dropped",
                condition.name,
                f"{timing.dropped} windows are missing between the {timing.windows} that came.",
                "Bring the board nearer to the access point; Judder scores across gaps, but sees less.",
                Severity.WARN if many else Severity.NOTE,
            )


def _timings(survey: Survey) -> Iterator[tuple[Condition, Timing]]:
    return ((c, r.timing) for c in survey.conditions for r in c.recordings if r.timing)
