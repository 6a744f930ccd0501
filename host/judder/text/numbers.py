"""Quantities with the digits that mean something."""

import math
from collections.abc import Sequence


def rate(hz: float) -> str:
    """Return a rate, Hz, with four digits: a frame carries float32, a clock is not better than that.

    >>> rate(250.00059509277344), rate(249.27), rate(6.25), rate(26667)
    ('250 Hz', '249.3 Hz', '6.25 Hz', '26667 Hz')
    """
    decimals = max(0, 3 - math.floor(math.log10(hz))) if hz > 0 else 0
    return f"{round(hz, decimals):.12g} Hz"


def lasting(seconds: float) -> str:
    """Return a time for reading aloud.

    >>> [lasting(seconds) for seconds in (1, 89, 410, 5400, 7 * 86400)]
    ['1 second', '89 seconds', '7 minutes', '2 hours', '7 days']
    """
    for unit, size_s, most_s in (("second", 1, 90), ("minute", 60, 5400), ("hour", 3600, 129_600)):
        if seconds < most_s:
            return _counted(seconds / size_s, unit)
    return _counted(seconds / 86_400, "day")


def number(value: float | None, form: str = ".3f") -> str:
    """Return a figure, "-" where there is none.

    >>> number(0.98765), number(None)
    ('0.988', '-')
    """
    return "-" if value is None else f"{value:{form}}"


def ends(interval: Sequence[float] | None, form: str = ".3f", between: str = "-") -> str:
    """Return both ends of an interval, nothing where there is none.

    >>> ends([0.9, 1.0]), ends([0.9, 1.0], ".1f", " to "), ends(None)
    ('0.900-1.000', '0.9 to 1.0', '')
    """
    return between.join(f"{end:{form}}" for end in interval or ())


def _counted(number: float, unit: str) -> str:
    return f"{number:.0f} {unit}{'' if f'{number:.0f}' == '1' else 's'}"
