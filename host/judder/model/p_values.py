"""P-values for people: never said to be smaller, or surer, than the normal windows held out can show."""

import math

DIGITS = 2


def p_value_text(p_value: float, bound: bool) -> str:
    """Return a p-value in words, to two digits; a bound is rounded up.

    >>> p_value_text(0.2042, False), p_value_text(1 / 81, True), p_value_text(1.0, False)
    ('0.2', '< 0.013', '1')
    """
    if not bound:
        return f"{p_value:.{DIGITS}g}"
    unit = 10.0 ** (math.floor(math.log10(p_value)) + 1 - DIGITS)
    return f"< {math.ceil(p_value / unit - 1e-6) * unit:.{DIGITS}g}"
