"""P-values for people: never said to be smaller, or surer, than the normal windows held out can show."""

import math

from judder_core.model import Detector

DIGITS = 2


def is_bound(detector: Detector, score: float, combined_score: float | None) -> bool:
    """Return whether the p-value of a verdict is only an upper bound.

    So it is where the score that it is of (the combined one, or before that the window's own) lies beyond
    every score that calibrated: however far beyond, the table has no smaller p-value to give.
    """
    if combined_score is None:
        return bool(score > detector.window_calibration.scores[-1])
    return bool(combined_score > detector.calibration.scores[-1])


def p_value_text(p_value: float, bound: bool) -> str:
    """Return a p-value in words, to two digits; a bound is rounded up.

    >>> p_value_text(0.2042, False), p_value_text(1 / 81, True), p_value_text(1.0, False)
    ('0.2', '< 0.013', '1')
    """
    if not bound:
        return f"{p_value:.{DIGITS}g}"
    unit = 10.0 ** (math.floor(math.log10(p_value)) + 1 - DIGITS)
    return f"< {math.ceil(p_value / unit - 1e-6) * unit:.{DIGITS}g}"
