"""What the server answers, described: the shapes of its JSON. A test holds each answer to its shape."""

from dataclasses import dataclass
from typing import Any, NotRequired

from pydantic import ConfigDict
from typing_extensions import TypedDict

from judder.server.services.backtest import Backtest
from judder.server.services.learnings import Learning
from judder.server.services.recordings import ServerRecording
from judder.server.storage import rows

DESCRIBED = ConfigDict(use_attribute_docstrings=True, json_schema_serialization_defaults_required=True)


class Shape(TypedDict):
    """A string under a field describes it."""

    __pydantic_config__ = ConfigDict(use_attribute_docstrings=True)  # type: ignore[misc]


class Problem(Shape):
    error: str
    """What is wrong, in one sentence."""
    hint: str
    """What to do about it; empty where nobody knows."""
    signing_time_us: NotRequired[int]
    """To a board whose signature was refused: the time that it is to sign."""


class HealthProblem(Shape):
    kind: str
    about: str
    """A board's id, or which disk, channel or task; empty for the server."""
    sentence: str
    since_us: int
    severe: bool
    """Whether somebody has to act now."""


class Health(Shape):
    status: str
    """ok, degraded, or blind: windows cannot be stored (503)."""
    version: str
    problems: list[HealthProblem]


@dataclass(kw_only=True)
class WindowAnswer(rows.Answer):
    """The answer to a window."""

    __pydantic_config__ = DESCRIBED

    device_id: str
    boot_id: int
    seq: int
    alarming: bool | None
    """Whether window_level is alarm: what boards of before frame v2 act on where they asked."""
    record: bool
    """Whether a recording wants the board's windows."""
    server_time_us: int
    """Unix time; boards set their clock by it."""
    commands: list[dict[str, Any]]
    """What the board is to do: none for a window so far."""


class ReportAnswer(Shape):
    record: bool
    """Whether a recording wants the board's windows."""
    server_time_us: int
    commands: list[dict[str, Any]]
    """What the board is to do: {"model": id} is to fetch that model."""


@dataclass(kw_only=True)
class WholeWindow(rows.WindowHead):
    """A window with its samples in g."""

    __pydantic_config__ = DESCRIBED

    x: list[float]
    y: list[float]
    z: list[float]


class Windows(Shape):
    windows: list[rows.WindowHead]


class Scores(Shape):
    scores: list[rows.ScoreStep]
    server_time_us: int


class Oddity(Shape):
    kind: str
    sentence: str


class Order(Shape):
    """A model that the board is to fetch and run."""

    model_id: str
    done: bool
    """Whether the board runs it."""
    passed: bool
    """Whether it did so for a minute, and all was well."""
    error: str | None
    """Why it does not, or no longer."""
    before: str | None
    """The model that it ran when it was ordered, to which it goes back where this one fails."""
    after: str | None
    """The board whose trial of it is waited for."""
    why: str | None
    """Why the server ordered it, where nobody else did: another one failed."""
    backtest: Backtest | None


class Device(Shape):
    """A board."""

    device_id: str
    state: str
    """A word of the table of states."""
    last_seen_us: int
    windows: int
    """Taken in since the server started."""
    lost: int
    """Missing by their numbers, since then."""
    signed: bool | None
    """Whether it signs what it sends; null until it sends something."""
    level: str | None
    """normal, notice or alarm, as its newest window has it; null where nobody judges."""
    alert: bool
    """Whether the level is alarm."""
    mounting_changed: bool
    """Whether the sensor hangs another way than in training, at whatever level."""
    quality: list[Oddity]
    """What is odd about its windows."""
    last: dict[str, Any]
    """The answer to its newest window, empty where there is none."""
    status: dict[str, Any]
    """Its own report, as it came."""
    status_us: int
    label: str | None
    """What it is called here; null for the name in its report."""
    takes_models: bool
    order: Order | None
    learning: Learning | None
    recent: list[float]
    """Its last combined scores, in thresholds."""


class Devices(Shape):
    devices: list[Device]
    server_time_us: int


@dataclass(frozen=True, kw_only=True)
class Alert(rows.Alert):
    """An alert."""

    __pydantic_config__ = DESCRIBED

    fault: int | None
    """The same as incident, under the name that it has in messages."""


class Alerts(Shape):
    alerts: list[Alert]


@dataclass(frozen=True, kw_only=True)
class Sum(rows.Sum):
    """A board's windows of an hour or a day."""

    __pydantic_config__ = DESCRIBED

    median: float | None
    """Of the scores, in thresholds, as exact as bins are."""


class Sums(Shape):
    hours: list[Sum]
    days: list[Sum]
    bounds: list[float]
    """Of the bins, in thresholds."""
    server_time_us: int


class DeviceDeleted(Shape):
    device_id: str


class AlertDeleted(Shape):
    id: int


class SetAside(Shape):
    """A message to people that could not be sent."""

    number: int
    channel: str
    subject: str
    created_us: int
    set_aside_us: int | None
    attempts: int
    error: str


class Messages(Shape):
    messages: list[SetAside]


class Recordings(Shape):
    recordings: list[ServerRecording]
    data_dir: str
    """Where they are, on the server."""


class Model(Shape):
    model_id: str
    sample_rate_hz: float
    window_len: int


class ListedModel(Model):
    in_service: bool


class Models(Shape):
    models: list[ListedModel]
    folder: str
    """Where their files are, on the server."""


class ModelChanged(Shape):
    model_id: str
