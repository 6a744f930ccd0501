"""What a store keeps: a type per kind of row. Every store's columns are made from these fields.

Nobody changes a row. Those of windows are not frozen all the same: a frozen StoredWindow takes 2.6 us to
make, such a one 0.7 us (2026-11-30).

Times are Unix time in microseconds.
"""

from collections.abc import Callable
from dataclasses import MISSING, dataclass, field, fields
from functools import cache
from operator import attrgetter
from typing import Any, TypeVar

Row = TypeVar("Row")
REFERENCE_PREFIX = "ref-"
"""Boards with the reference's sketch are called this and their address."""
TRASHED = "trash"
"""The state of a recording that is deleted, and may still be taken back."""


def said(what: str, default: Any = None) -> Any:
    """Return a field that says what it is, here and in the API's description. default: MISSING for none."""
    return field(default=default, metadata={"description": what})


@dataclass(unsafe_hash=True, slots=True)
class Answer:
    """What came of one window: stored, answered, streamed and shown from these fields and no other list."""

    judged_by: str | None = said("board or host; null where nobody could judge.")
    model_id: str | None = said("The model it was judged by.")
    score: float | None = said("Of this window alone; higher is stranger.")
    threshold: float | None = said("Of this window alone.")
    combined_score: float | None = said("Of the last windows together; null until there are enough.")
    combined_threshold: float | None = said("Of the last windows together: what a notice takes.")
    alarm_score: float | None = said("Of the last windows together, with room for what another day shows.")
    alarm_threshold: float | None = said("Of alarm_score; null from a model of version 1, as that is.")
    p_value: float | None = said("How rarely a normal machine scores so high.")
    p_value_is_bound: bool | None = said("Even more rarely: it scores beyond all that calibrated the model.")
    anomaly: bool | None = said("Whether score is over threshold; never of a disturbed window.")
    window_level: str | None = said("What this window's evidence comes to; a board that asked acts on it.")
    level: str | None = said("normal, notice or alarm: what a person acts on, null where nobody judges.")
    mode: str | None = said("The operating mode that the machine is in.")
    mounting_changed: bool | None = said("Whether the sensor hangs another way than in training.")
    state: str | None = said("A word of the table of states.")
    why: str | None = said("What drove a verdict that is not normal.")
    alert: bool = said("Whether the level is alarm.", False)


@dataclass(unsafe_hash=True, slots=True, kw_only=True)
class WindowHead(Answer):
    """A window without its samples. device, boot_id and seq are its name, for ever."""

    device: str
    boot_id: int
    seq: int
    received_us: int
    timestamp_us: int = said("Unix time of its first sample; 0 where its board did not know.", MISSING)
    flags: int
    sensor: int
    sample_rate_hz: float
    scale_g: float = said("g per count.", MISSING)
    recording: int | None = said("The number of the recording that it belongs to.")
    pose: str | None = said("How its sensor hung, as that recording was told.")


@dataclass(unsafe_hash=True, slots=True, kw_only=True)
class StoredWindow(WindowHead):
    """A window and its samples; typecode and counts as array.array has them, little-endian."""

    typecode: str
    counts: bytes


@dataclass(frozen=True, slots=True)
class ScoreStep:
    """The windows of one step of a plot. bucket: its number; at_us: of the last of them; the rest: their
    highest combined scores and alarm scores with their thresholds, their lowest p-value, their highest level,
    whether that is alarm, and how many there were.
    """

    bucket: int
    at_us: int
    score: float | None
    threshold: float | None
    alarm_score: float | None
    alarm_threshold: float | None
    p_value: float | None
    level: str | None
    alert: bool
    windows: int


@dataclass(frozen=True, slots=True)
class Alert:
    """id: 0 until it is stored. The window it began with, a verdict, and what became of it.

    level: the highest it came to, notice or alarm; raised_us: when a notice rose to alarm. score, why and
    mounting_changed: of the window that took it to its level. baseline_s: how long a machine was recorded for
    the model that judged, None where nobody knows. incident: the number of the incident it is part of, None
    until the messenger has looked at it.
    """

    id: int
    device: str
    boot_id: int
    seq: int
    judged_by: str
    model_id: str | None
    score: float | None
    started_us: int
    level: str
    raised_us: int | None = None
    ended_us: int | None = None
    why: str | None = None
    mounting_changed: bool = False
    baseline_s: float | None = None
    acknowledged_us: int | None = None
    incident: int | None = None


@dataclass(frozen=True, slots=True)
class Incident:
    """An open incident and what its alerts come to. told_us: when people were last told, None for never.

    id: of its first alert; alert: of its newest. level: the highest of theirs; told_level: what people were
    told of last. ended_us: None while one of them is on. alarmed_us: when the last alarm began, or rose;
    acknowledged_us: when somebody has seen an alarm; each None for never.
    """

    id: int
    device: str
    told_us: int | None
    told_level: str | None
    alert: int
    level: str
    started_us: int
    ended_us: int | None
    alarmed_us: int | None
    acknowledged_us: int | None

    @property
    def is_seen(self) -> bool:
        """Whether somebody has seen its last alarm."""
        return self.acknowledged_us is not None and self.acknowledged_us >= (self.alarmed_us or 0)


@dataclass(frozen=True, slots=True)
class Letter:
    """A message on its way to one channel. message: its JSON.

    about: what messages go in order, "" for one by itself; ends: whether it tells that that is over.
    given_up_us: when it was set aside, for the reason in error.
    """

    id: int
    channel: str
    message: str
    created_us: int
    due_us: int
    attempts: int
    about: str = ""
    ends: bool = False
    error: str | None = None
    given_up_us: int | None = None


@dataclass(frozen=True, slots=True)
class Trouble:
    """A problem of health that people were told of, or will be. told_us: when they were, None for not yet.

    ended_us: when it was over, None while it lasts.
    """

    kind: str
    about: str
    sentence: str
    since_us: int
    told_us: int | None = None
    ended_us: int | None = None


@dataclass(frozen=True, slots=True)
class Gap:
    """Time of which nobody knows whether it passed: the server was off, or its clock was put ahead."""

    begin_us: int
    end_us: int


@dataclass(frozen=True, slots=True)
class Ages:
    """When the oldest windows of no recording came: of those kept whole, and of those of a window a minute.

    None where there are none.
    """

    whole_us: int | None
    minutes_us: int | None


@dataclass(frozen=True, slots=True)
class Scored:
    """What a sum needs of a window."""

    combined_score: float | None
    combined_threshold: float | None
    level: str | None


@dataclass(frozen=True, slots=True)
class Sum:
    """A board's windows of an hour or a day, from begin_us on for step_us.

    judged: those with a score of several windows. highest, total: the highest and the sum of those scores, in
    thresholds. bins: how many of them fall between the bounds of services/sums.
    """

    device: str
    step_us: int
    begin_us: int
    windows: int
    judged: int
    notices: int
    alarms: int
    highest: float | None
    total: float
    bins: list[int]


@dataclass(frozen=True, slots=True)
class Lived:
    """What the server's clock showed when it had run for lived_us, over all its starts."""

    lived_us: int
    now_us: int


@dataclass(frozen=True, slots=True)
class Forgotten:
    """A board that was deleted: its windows from before before_us are to go, those of recordings excepted."""

    device: str
    before_us: int


@dataclass(frozen=True, slots=True)
class Space:
    """Bytes of a store. used: what rows take. files: what its files take on the disk. free: left there.

    least: what should be left there. waiting: what is written and not yet in its place, the WAL of SQLite.
    """

    used: int
    files: int
    free: int
    least: int
    waiting: int = 0

    @property
    def is_short(self) -> bool:
        """Whether the disk is nearly full."""
        return self.free < self.least


@dataclass(frozen=True, slots=True)
class DeviceRow:
    """A board's last report, and the model it is ordered to fetch. ordered_before: the one it ran then;
    ordered_after: the board whose trial of it is waited for. label: what people call the board here.
    """

    id: str
    status: dict[str, Any]
    status_us: int
    ordered_model: str | None = None
    ordered_before: str | None = None
    ordered_after: str | None = None
    label: str | None = None


@dataclass(frozen=True, slots=True)
class RecordingRow:
    """id: 0 until it is stored. device: None for every board's windows; wanted: None for no end.

    trashed_us: when it was put into the trash, its state since then.
    """

    id: int
    condition: str
    device: str | None
    wanted: int | None
    pose: str | None
    state: str
    started_us: int
    trashed_us: int | None = None


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
    """Return the fields of a row, for JSON or for another row that has them, too."""
    kind = row.__class__
    return dict(zip(_names(kind), _values(kind)(row), strict=True))


def part(kind: type[Row], row: Any) -> Row:
    """Return the row of this kind that is in row, which holds more."""
    return kind(**{name: getattr(row, name) for name in names(kind)})


def names(kind: Any) -> list[str]:
    """Return the names of the fields of a kind of row."""
    return _names(kind)


@cache
def _names(kind: Any) -> list[str]:
    return [each.name for each in fields(kind)]  # takes 4 us, and is asked for each window


@cache
def _values(kind: Any) -> Callable[[Any], tuple[Any, ...]]:
    """Return what reads all fields of a row: 0.5 us for an answer, 1.2 us one by one (2026-11-30)."""
    get = attrgetter(*names(kind))
    return get if len(names(kind)) > 1 else lambda row: (get(row),)
