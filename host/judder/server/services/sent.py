"""A board's own verdict: what it sent counts, and what is recomputed here adds only what a frame lacks."""

from judder_core.decision import ALARM, NORMAL, NOTICE, Verdict
from judder_core.window import Window

SENT = (
    *("score", "threshold", "combined_score", "combined_threshold", "alarm_score", "alarm_threshold"),
    *("mode", "mounting_changed", "state"),
)
"""What a frame tells of a verdict, from version 2 on."""
DISTURBED = "disturbed"

Told = tuple[Verdict, str | None]
"""A verdict, and what drove it."""


def as_sent(local: Told | None, window: Window) -> Told | None:
    """Return the board's verdict with all that it sent of it, None where nobody knows any.

    local: the same as it is recomputed here, None where its model is unknown.
    """
    sent = window.verdict
    if sent is None:
        return _with_score(local, window) if local else None
    verdict, why = local or (sent, None)
    for name in SENT:
        setattr(verdict, name, getattr(sent, name))
    verdict.anomaly = sent.anomaly and sent.state != DISTURBED
    verdict.level = _level(verdict)
    return verdict, why


def _with_score(local: Told, window: Window) -> Told:
    """Return local with what a frame of version 1 carries: the score of one window."""
    verdict, _ = local
    verdict.score = window.local_score
    verdict.anomaly = verdict.anomaly and window.local_score > verdict.threshold
    return local


def _level(verdict: Verdict) -> int:
    """Return the level that the scores of a verdict come to; a model of version 1 has no notice."""
    is_different = _is_over(verdict.combined_score, verdict.combined_threshold)
    if verdict.alarm_threshold is None:
        return ALARM if is_different and not verdict.mounting_changed else NORMAL
    if _is_over(verdict.alarm_score, verdict.alarm_threshold):
        return ALARM
    return NOTICE if is_different else NORMAL


def _is_over(score: float | None, threshold: float | None) -> bool:
    return score is not None and threshold is not None and score > threshold
