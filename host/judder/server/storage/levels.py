"""Levels as rows hold them, normal, notice or alarm: which is higher, and alerts that prove to be one."""

from collections.abc import Iterable
from dataclasses import replace

from judder_core.decision import LEVELS

from judder.server.storage.rows import Alert

NORMAL, NOTICE, ALARM = LEVELS
TOLD = (NOTICE, ALARM)
"""Those that an alert may have."""


def rank(level: str | None) -> int:
    """Return how high level is: 0 for none, which is below normal.

    >>> rank(None) < rank("normal") < rank("notice") < rank("alarm")
    True
    """
    return 0 if level is None else 1 + LEVELS.index(level)


def highest(levels: Iterable[str | None]) -> str | None:
    """Return the highest of levels, None where there is none."""
    return max(levels, key=rank, default=None)


def risen(notice: Alert, by: Alert) -> Alert:
    """Return notice as the alarm that it became when `by` began. Nobody has seen that yet."""
    return replace(_judged(notice, by), raised_us=by.started_us, acknowledged_us=None)


def joined(late: Alert, following: Alert) -> Alert:
    """Return following as it is, once late has proved to be its beginning."""
    began = replace(following, seq=late.seq, started_us=late.started_us)
    if rank(late.level) < rank(following.level):
        return replace(began, raised_us=following.raised_us or following.started_us)
    return replace(_judged(began, late), raised_us=late.raised_us)


def _judged(alert: Alert, by: Alert) -> Alert:
    """Return alert with the level of `by`, and what goes with that."""
    return replace(alert, level=by.level, score=by.score, why=by.why, mounting_changed=by.mounting_changed)
