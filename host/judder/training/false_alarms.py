"""How many notices or alarms of a healthy machine a person accepts, in words: "1/week", "2/day", "1 %"."""

import re
from dataclasses import dataclass

from judder.errors import JudderError
from judder.model.document import Decision
from judder.model.model import Model

NOTICE_WISH, ALARM_WISH = "1/week", "1/year"
"""Unless another wish is given for NOTICE, and for ALARM."""
FEWEST, MOST = 1e-6, 1e6
"""Of a wish, per unit: beyond, numbers of 64 bits run out of digits before the reader of them does."""
SECONDS = {"minute": 60, "hour": 3600, "day": 86400, "week": 604800, "month": 2629800, "year": 31557600}


@dataclass(frozen=True)
class Wish:
    """Either a number per second, or a share of the windows."""

    text: str
    per_second: float | None
    share: float | None

    def per_window(self, window_s: float) -> float:
        """Return the share of windows, each window_s seconds long, that may be flagged."""
        rate = self.share if self.share is not None else (self.per_second or 0.0) * window_s
        return min(rate, 1.0)


def wish_of(model: Model) -> Wish | None:
    """Return the wish that a model was trained for; the reference's models have none."""
    return parse_wish(model.wished) if model.wished else None


def notices_of(model: Model) -> Wish | None:
    """Return the wish for notices that a model was trained for; version 1 has none."""
    decision = model.document.decision
    wished = decision.notices.wished if isinstance(decision, Decision) else None
    return parse_wish(wished) if wished else None


def parse_wish(text: str) -> Wish:
    """Return the wish in text. Raises JudderError where it is none.

    >>> parse_wish("1/week").per_window(1.0) * 604800
    1.0
    >>> parse_wish("1 %").per_window(1.0)
    0.01
    """
    match = re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*(?:/\s*([a-z]+?)s?|(%))\s*", str(text))
    if match and FEWEST <= float(match[1]) <= MOST:
        if match[3] and float(match[1]) <= 100:
            return Wish(text, None, float(match[1]) / 100)
        if match[2] in SECONDS:
            return Wish(text, float(match[1]) / SECONDS[match[2]], None)
    raise JudderError(
        f"{text!r} is no rate of alarms or notices.",
        hint="Write it as 1/week, 2/day or 1%, from 0.000001 to 1000000 and at most 100%."
        f" Units: {', '.join(SECONDS)}.",
    )
