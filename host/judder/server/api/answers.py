"""What the server answers, described: the shapes of its JSON. A test holds each answer to its shape."""

from typing import Any, get_type_hints

from pydantic import ConfigDict
from typing_extensions import TypedDict

from judder.server.services.learnings import Learning
from judder.server.services.recordings import ServerRecording
from judder.server.storage import rows


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


def _keys(row: type) -> dict[str, Any]:
    """Return the keys that a row of the store has in JSON: those of a window's answer stand apart."""
    return {name: kind for name, kind in get_type_hints(row).items() if kind is not rows.Answer}


Judged = TypedDict("Judged", _keys(rows.Answer))  # type: ignore[misc]  # one list of the verdict's fields
Judged.__doc__ = rows.Answer.__doc__
Head = TypedDict("Head", _keys(rows.WindowHead))  # type: ignore[misc]


class WindowAnswer(Judged):
    """The answer to a window: what came of it, and what the board is to do.

    record: whether a recording wants its windows. server_time_us: boards set their clock by it. commands:
    none for a window so far.
    """

    device_id: str
    boot_id: int
    seq: int
    record: bool
    server_time_us: int
    commands: list[dict[str, Any]]


class ReportAnswer(Shape):
    record: bool
    """Whether a recording wants the board's windows."""
    server_time_us: int
    commands: list[dict[str, Any]]
    """What the board is to do: {"model": id} is to fetch that model."""


class StoredWindow(Head, Judged):
    """A window that is on disk, and what came of it."""


class WholeWindow(StoredWindow):
    """A window with its samples in g."""

    x: list[float]
    y: list[float]
    z: list[float]


class Windows(Shape):
    windows: list[StoredWindow]


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


class Alerts(Shape):
    alerts: list[rows.Alert]


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
