"""Small pieces of the evaluation page."""

import textwrap
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from judder.text import ends

WIDTH = 120


def paragraph(*sentences: str) -> str:
    """Return sentences as a paragraph after an empty line. Empty ones are left out."""
    text = " ".join(filter(None, sentences))
    return "\n" + textwrap.fill(text, WIDTH, break_long_words=False, break_on_hyphens=False)


def table(head: Sequence[str], rows: Iterable[Iterable[str]]) -> Iterator[str]:
    """Yield the lines of a table after an empty one."""
    yield "\n| " + " | ".join(head) + " |"
    yield "|" + "---|" * len(head)
    for row in rows:
        yield "| " + " | ".join(row) + " |"


def with_interval(figures: dict[str, Any], name: str, goal: float | None = None, digits: int = 3) -> str:
    """Return a figure of judder.evaluation with its 95 % interval, and the goal where it is missed.

    >>> with_interval({"auc": 0.98, "intervals": {"auc": [0.9, 1.0]}}, "auc", 0.99)
    '0.980 (0.900-1.000, goal 0.99 missed)'
    """
    value, interval = figures[name], figures["intervals"][name]
    said = [ends(interval) or "no interval"]
    if goal is not None and round(value, 3) < goal:
        said.append(f"goal {goal:g} missed")
    return f"{value:.{digits}f} ({', '.join(said)})"


def listed(words: Sequence[str]) -> str:
    """Return words as a sentence has them.

    >>> listed(["E"]), listed(["E", "F", "H"])
    ('E', 'E, F and H')
    """
    return " and ".join(filter(None, (", ".join(words[:-1]), words[-1])))


def span(values: Sequence[float], form: str = ".0f", between: str = " to ") -> str:
    return f"{min(values):{form}}{between}{max(values):{form}}"
