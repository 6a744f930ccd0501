"""Quantities with the digits that mean something."""

import math


def rate(hz: float) -> str:
    """Return a rate, Hz, with four digits: a frame carries float32, a clock is not better than that.

    >>> rate(250.00059509277344), rate(249.27), rate(6.25), rate(26667)
    ('250 Hz', '249.3 Hz', '6.25 Hz', '26667 Hz')
    """
    decimals = max(0, 3 - math.floor(math.log10(hz))) if hz > 0 else 0
    return f"{round(hz, decimals):.12g} Hz"
