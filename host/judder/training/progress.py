"""How far a training is, told to whoever waits for it."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Step:
    """doing: what has begun, one of READING to CALIBRATING. share: how much of that is done, 0 to 1."""

    doing: str
    share: float = 0.0


READING, MEASURING, FITTING, CALIBRATING = "reading", "measuring", "fitting", "calibrating"

Progress = Callable[[Step], None]


def silent(step: Step) -> None:
    """Tell nobody."""
