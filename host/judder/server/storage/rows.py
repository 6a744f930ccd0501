"""What a store keeps: a frozen type per kind of row. Every store's columns are made from these fields.

Times are Unix time in microseconds.
"""

from dataclasses import dataclass, field, fields
from functools import cache
from typing import Any

REFERENCE_PREFIX = "ref-"
"""Boards with the reference's sketch are called this and their address."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of one window: stored, answered, streamed and shown from these fields and no other list.

    judged_by: "board" or "host"; None where nobody could judge, and then only state and alert may say
    something. score, threshold: the window's own. combined_score, combined_threshold: of the last windows
    together; the score is None until there are enough. p_value: how rarely a normal machine scores so high;
    where p_value_is_bound, even more rarely: the score is beyond all that the model was calibrated on.
    anomaly: score > threshold. alarming: whether it counts towards an alert. state: a word of
    judder_core.states. why: what drove a verdict that is not normal. alert: whether the machine's is on.
    """

    judged_by: str | None = None
    model_id: str | None = None
    score: float | None = None
    threshold: float | None = None
    combined_score: float | None = None
    combined_threshold: float | None = None
    p_value: float | None = None
    p_value_is_bound: bool | None = None
    anomaly: bool | None = None
    alarming: bool | None = None
    state: str | None = None
    why: str | None = None
    alert: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class WindowHead:
    """A window without its samples. device, boot_id and seq are its name, for ever."""

    device: str
    boot_id: int
    seq: int
    received_us: int
    timestamp_us: int
    flags: int
    sensor: int
    sample_rate_hz: float
    scale_g: float
    recording: int | None = None
    pose: str | None = None
    answer: Answer = field(default_factory=Answer)


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredWindow(WindowHead):
    """A window and its samples; typecode and counts as array.array has them, little-endian."""

    typecode: str
    counts: bytes


@dataclass(frozen=True, slots=True)
class ScoreStep:
    """The windows of one step of a plot. bucket: its number; at_us: of the last of them; the rest: their
    highest score and threshold, their lowest p-value, whether one was in alert, and how many there were.
    """

    bucket: int
    at_us: int
    score: float | None
    threshold: float | None
    p_value: float | None
    alert: bool
    windows: int


@dataclass(frozen=True, slots=True)
class Alert:
    """id: 0 until it is stored. The window it began with, its verdict, and what became of it.

    incident: the number of the incident it is part of, None until the messenger has looked at it.
    """

    id: int
    device: str
    boot_id: int
    seq: int
    judged_by: str
    model_id: str | None
    score: float | None
    started_us: int
    ended_us: int | None = None
    why: str | None = None
    acknowledged_us: int | None = None
    incident: int | None = None


@dataclass(frozen=True, slots=True)
class Incident:
    """An open incident and what its alerts come to. told_us: when people were last told, None for never.

    id: of its first alert; alert: of its newest. ended_us: None while one of them is on.
    """

    id: int
    device: str
    told_us: int | None
    alert: int
    started_us: int
    ended_us: int | None
    acknowledged_us: int | None


@dataclass(frozen=True, slots=True)
class Letter:
    """A message on its way to one channel. message: its JSON."""

    id: int
    channel: str
    message: str
    created_us: int
    due_us: int
    attempts: int


@dataclass(frozen=True, slots=True)
class DeviceRow:
    """A board's last report, and the model it is ordered to fetch."""

    id: str
    status: dict[str, Any]
    status_us: int
    ordered_model: str | None = None


@dataclass(frozen=True, slots=True)
class RecordingRow:
    """id: 0 until it is stored. device: None for every board's windows; wanted: None for no end."""

    id: int
    condition: str
    device: str | None
    wanted: int | None
    pose: str | None
    state: str
    started_us: int


@dataclass(frozen=True, slots=True)
class LearningRow:
    """What became of a recording that a board learns from."""

    recording: int
    device: str
    state: str
    model_id: str | None
    error: str | None
    warnings: list[str]


def as_dict(row: Any) -> dict[str, Any]:
    """Return the fields of a row, for JSON; those of a window's answer stand beside its own."""
    found = {name: getattr(row, name) for name in _names(row.__class__)}
    answer = found.pop("answer", None)
    return {**found, **as_dict(answer)} if answer else found


@cache
def _names(kind: type) -> list[str]:
    return [each.name for each in fields(kind)]
