"""What a board says of itself every few seconds: checked here field by field, kept, and answered.

Boards of other versions say more or less of it: a field may be left out or null, and up to MOST_MORE others
may be there. What is there has the type and the range that it can have, or the whole report is refused.
"""

from collections.abc import Mapping
from typing import Annotated, Any

from judder_core.wire import MAX_WINDOW_LEN
from pydantic import AfterValidator, ConfigDict, Field, model_validator

from judder.server.services.devices import Devices
from judder.server.services.errors import Invalid
from judder.server.services.learning import Learner
from judder.server.services.recordings import Recordings
from judder.server.services.wishes import WHOLE, Wish, shown
from judder.text import visible

MOST_MORE = 32
"""Fields that nobody knows, of a newer board."""
MOST_NAMED, MOST_SAID = 256, 512
"""Characters of a name, and of a sentence."""
MOST_HZ = 1e6


def _visible_lines(text: str) -> str:
    """Return text with each of its lines made visible: a traceback has several."""
    return "\n".join(visible(line) for line in text.split("\n"))


Name = Annotated[str, Field(max_length=MOST_NAMED), AfterValidator(visible)] | None
Sentence = Annotated[str, Field(max_length=MOST_SAID), AfterValidator(visible)] | None
Traceback = Annotated[str, Field(max_length=MOST_SAID), AfterValidator(_visible_lines)] | None
Count = Annotated[int, Field(ge=0, le=2**53), WHOLE] | None
Number32 = Annotated[int, Field(ge=0, lt=2**32), WHOLE] | None
Rate = Annotated[float, Field(ge=0, le=MOST_HZ)] | None
Scalar = (
    Annotated[str, Field(max_length=MOST_SAID), AfterValidator(visible)]
    | bool
    | Annotated[int, Field(ge=-(2**53), le=2**53)]
    | float
    | None
)


def _said(description: str, example: Any) -> Any:
    return Field(None, description=description, examples=[example])


class Report(Wish):
    """A board's report of itself. Other fields are kept too: text, numbers, true and false."""

    model_config = ConfigDict(extra="allow", protected_namespaces=())
    most_bytes = 4096
    __pydantic_extra__: dict[Annotated[str, Field(max_length=64)], Scalar] = Field(init=False)

    name: Name = _said("What people call the board.", "fan-left")
    place: Name = _said("Where it hangs.", "attic")
    state: Name = _said("How it is, a word of the table of states.", "normal")
    level: Name = _said("normal, notice or alarm: what a person acts on.", "notice")
    alert: bool | None = _said("Whether the level is alarm.", False)
    mounting_changed: bool | None = _said("Whether it hangs another way than in training.", False)
    boot_id: Number32 = _said("The number of this start; windows carry it too.", 1872346)
    why: Sentence = _said(
        "What drove its last verdict that is not normal.", "axis z: 3.1 times as much at 48 Hz"
    )
    safe_mode: bool | None = _said("Whether it crashed so often that it only reports.", False)
    queued: Count = _said("Windows in memory that wait for the server.", 0)
    spooled: Count = _said("Windows on its flash that wait for the server.", 0)
    dropped: Count = _said("Windows it gave up for want of room.", 0)
    refused: Count = _said("Windows that the server refused.", 0)
    uplink_error: Sentence = _said("Why its last request failed; null where it did not.", "no answer in 3 s")
    wifi_error: Sentence = _said("Why it is not in its network; null where it is.", "wrong password")
    signal_dbm: Annotated[float, Field(ge=-200, le=100)] | None = _said(
        "Strength of the radio signal, dBm.", -61
    )
    free_memory: Count = _said("Bytes free on its heap.", 81234)
    largest_free: Count = _said(
        "Bytes its heap can still grow by at once; null where that is unknown.", 31744
    )
    firmware: Name = _said("What it runs.", "judder 0.9.0, MicroPython 1.24.1")
    reset_cause: Number32 = _said("Why it started, as its chip's number.", 1)
    reset_reason: Name = _said("The same in words.", "power on")
    last_error: Traceback = _said("The last error that it went on after.", "OSError 19")
    task: Name = _said(
        "detect, collect or learn; a board whose task is learn begins by itself, once.", "detect"
    )
    judged_by: Name = _said("Who judged its last window: board or host.", "board")
    windows: Count = _said("Windows since it started.", 812)
    sensor: Name = _said("The name of its sensor's driver.", "msa301")
    sensor_error: Sentence = _said("What is wrong with its sensor.", "No samples come.")
    sample_rate_hz: Rate = _said("Samples per second, measured.", 249.61)
    nominal_rate_hz: Rate = _said("Samples per second, as it asks of its sensor.", 250.0)
    window_len: Annotated[int, Field(ge=0, le=MAX_WINDOW_LEN), WHOLE] | None = _said(
        "Samples per window.", 256
    )
    late_samples: Count = _said("Samples that were off by more than half a period.", 0)
    lost_samples: Count = _said("Samples that never came.", 0)
    lost_windows: Count = _said("Windows that never came whole.", 0)
    dropped_late: Count = _said("Windows it dropped for late samples.", 0)
    unjudged: Count = _said("Windows it found no memory to judge.", 0)
    bus_errors: Count = _said("Reads of its sensor that failed.", 0)
    model_id: Name = _said("The model it runs; null where it has none.", "attic-fan-3f9c2a1e")
    detector: Name = _said("The kind of detector it runs.", "mahalanobis")
    model_error: Sentence = _said("Why a model that is there does not run.", "golden score is off")
    fetch_error: Sentence = _said("Why a model that was ordered was not fetched.", "server says 404")
    engine: Name = _said("What does its sums: pure, native or ulab.", "native")
    commands: list[Annotated[str, Field(max_length=64)]] | None = _said(
        "The commands it knows; with model it takes models from here.", ["model"]
    )

    @model_validator(mode="after")
    def _has_few_others(self) -> "Report":
        if len(self.model_extra or {}) > MOST_MORE:
            raise ValueError(f"more than {MOST_MORE} fields that nobody knows")
        return self

    @classmethod
    def refusal(cls, document: Mapping[str, Any], key: str | None) -> Invalid:
        """Name the field."""
        if key is None:
            wrong = f"The report has {len(document)} fields; at most {MOST_MORE} may be unknown ones."
        else:
            wrong = f"The report says {visible(key[:64])} {shown(document.get(key))}, which that cannot be."
        return Invalid(wrong, hint="GET /api/v1/openapi.json says what a report may hold.")


class Reports:
    """Reports come in: the board is known, may begin to learn, and is told what it is to do."""

    def __init__(self, devices: Devices, learner: Learner, recordings: Recordings) -> None:
        self._devices = devices
        self._learner = learner
        self._recordings = recordings

    async def take(self, name: str, report: Report, now_us: int) -> dict[str, Any]:
        """Keep what the board called name says of itself; return the answer to it."""
        device = self._devices.admit(name)
        commands = await self._devices.report(device, report.model_dump(exclude_unset=True), now_us)
        await self._learner.follow(device)
        return {"record": self._recordings.wants(name), "server_time_us": now_us, "commands": commands}
