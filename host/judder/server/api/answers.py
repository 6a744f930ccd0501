"""What the server answers, described: the shapes of its JSON. A test holds each answer to its shape."""

from typing import Any

from pydantic import ConfigDict
from typing_extensions import TypedDict

from judder.server.services.learnings import Learning
from judder.server.services.recordings import ServerRecording


class Shape(TypedDict):
    """A string under a field describes it."""

    __pydantic_config__ = ConfigDict(use_attribute_docstrings=True)  # type: ignore[misc]


class Problem(Shape):
    error: str
    """What is wrong, in one sentence."""
    hint: str
    """What to do about it; empty where nobody knows."""


class Health(Shape):
    status: str
    version: str


class Judged(Shape):
    """A verdict; null where nobody could judge."""

    judged_by: str | None
    """board or host."""
    model_id: str | None
    score: float | None
    """Of this window; higher is stranger."""
    threshold: float | None
    combined_score: float | None
    """Of the last windows together; null until there are enough."""
    combined_threshold: float | None
    p_value: float | None
    """How often the machine's normal windows score as high."""
    state: str | None
    """A word of the table of states."""
    why: str | None
    """What drove a verdict that is not normal."""


class WindowAnswer(Judged):
    """The answer to a window."""

    device_id: str
    boot_id: int
    seq: int
    anomaly: bool | None
    alarming: bool | None
    """Whether the window counts towards an alert."""
    alert: bool
    """Whether the machine's alert is on."""
    record: bool
    """Whether a recording wants the board's windows."""
    server_time_us: int
    """Unix time; boards set their clock by it."""
    commands: list[dict[str, Any]]
    """What the board is to do."""


class ReportAnswer(Shape):
    record: bool
    """Whether a recording wants the board's windows."""
    server_time_us: int
    commands: list[dict[str, Any]]
    """What the board is to do: {"model": id} is to fetch that model."""


class StoredWindow(Judged):
    """A window that is on disk."""

    device: str
    boot_id: int
    seq: int
    received_us: int
    timestamp_us: int
    """Unix time of its first sample; 0 where its board did not know."""
    flags: int
    sample_rate_hz: float
    scale_g: float
    """g per count."""
    anomaly: bool | int | None
    alert: bool | int | None
    recording: int | None
    """The number of the recording that it belongs to."""


class WholeWindow(StoredWindow):
    """A window with its samples in g."""

    x: list[float]
    y: list[float]
    z: list[float]


class Windows(Shape):
    windows: list[StoredWindow]


class ScoreStep(Shape):
    """A stretch of time, with the highest score in it."""

    bucket: int
    at_us: int
    score: float | None
    threshold: float | None
    p_value: float | None
    alert: bool | int | None
    windows: int
    """How many there were."""


class Scores(Shape):
    scores: list[ScoreStep]
    server_time_us: int


class Oddity(Shape):
    kind: str
    sentence: str


class Order(Shape):
    """A model that the board is to fetch and run."""

    model_id: str
    done: bool
    error: str | None


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
    alert: bool
    quality: list[Oddity]
    """What is odd about its windows."""
    last: dict[str, Any]
    """The answer to its newest window, empty where there is none."""
    status: dict[str, Any]
    """Its own report, as it came."""
    status_us: int
    takes_models: bool
    order: Order | None
    learning: Learning | None
    recent: list[float]
    """Its last combined scores, in thresholds."""


class Devices(Shape):
    devices: list[Device]
    server_time_us: int


class Alert(Shape):
    id: int
    device: str
    boot_id: int
    seq: int
    """The window that began it, with boot_id."""
    judged_by: str
    model_id: str | None
    score: float | None
    started_us: int
    ended_us: int | None
    why: str | None
    acknowledged_us: int | None
    fault: int | None
    """Alerts of one fault have one number."""


class Alerts(Shape):
    alerts: list[Alert]


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
