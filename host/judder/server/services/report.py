"""What a board says of itself every few seconds: described, kept, and answered.

Boards of other versions say more, less, or the same in other types: all of it is kept as it came, and whoever
reads a field checks it. So each field is described here, and none is typed.
"""

from typing import Any

from pydantic import ConfigDict, Field

from judder.server.services.devices import Devices
from judder.server.services.learning import Learner
from judder.server.services.recordings import Recordings
from judder.server.services.wishes import Wish


def _said(description: str, *examples: Any) -> Any:
    return Field(None, description=description, examples=list(examples))


class Report(Wish):
    """A board's report of itself. Other fields are kept too."""

    model_config = ConfigDict(extra="allow", protected_namespaces=())
    most_bytes = 4096

    name: Any = _said("What people call the board.", "fan-left")
    place: Any = _said("Where it hangs.", "attic")
    state: Any = _said("How it is, a word of the table of states.", "normal")
    level: Any = _said("normal, notice or alarm: what a person acts on.", "notice")
    alert: Any = _said("Whether the level is alarm.", False)
    mounting_changed: Any = _said("Whether it hangs another way than in training.", False)
    boot_id: Any = _said("The number of this start; windows carry it too.", 1872346)
    why: Any = _said("What drove its last verdict that is not normal.", "axis z: 3.1 times as much at 48 Hz")
    safe_mode: Any = _said("Whether it crashed so often that it only reports.", False)
    queued: Any = _said("Windows in memory that wait for the server.", 0)
    spooled: Any = _said("Windows on its flash that wait for the server.", 0)
    dropped: Any = _said("Windows it gave up for want of room.", 0)
    refused: Any = _said("Windows that the server refused.", 0)
    uplink_error: Any = _said("Why its last request failed; null where it did not.", "no answer in 3 s")
    wifi_error: Any = _said("Why it is not in its network; null where it is.", "wrong password")
    signal_dbm: Any = _said("Strength of the radio signal, dBm.", -61)
    free_memory: Any = _said("Bytes free on its heap.", 81234)
    largest_free: Any = _said("Bytes its heap can still grow by at once; null where that is unknown.", 31744)
    firmware: Any = _said("What it runs.", "judder 0.9.0, MicroPython 1.24.1")
    reset_cause: Any = _said("Why it started, as its chip's number.", 1)
    reset_reason: Any = _said("The same in words.", "power on")
    last_error: Any = _said("The last error that it went on after.", "OSError 19")
    task: Any = _said(
        "detect, collect or learn; a board whose task is learn begins by itself, once.", "detect"
    )
    judged_by: Any = _said("Who judged its last window: board or host.", "board")
    windows: Any = _said("Windows since it started.", 812)
    sensor: Any = _said("The name of its sensor's driver.", "msa301")
    sensor_error: Any = _said("What is wrong with its sensor.", "No samples come.")
    sample_rate_hz: Any = _said("Samples per second, measured.", 249.61)
    nominal_rate_hz: Any = _said("Samples per second, as it asks of its sensor.", 250.0)
    window_len: Any = _said("Samples per window.", 256)
    late_samples: Any = _said("Samples that were off by more than half a period.", 0)
    lost_samples: Any = _said("Samples that never came.", 0)
    lost_windows: Any = _said("Windows that never came whole.", 0)
    dropped_late: Any = _said("Windows it dropped for late samples.", 0)
    unjudged: Any = _said("Windows it found no memory to judge.", 0)
    bus_errors: Any = _said("Reads of its sensor that failed.", 0)
    model_id: Any = _said("The model it runs; null where it has none.", "attic-fan-3f9c2a1e")
    detector: Any = _said("The kind of detector it runs.", "mahalanobis")
    model_error: Any = _said("Why a model that is there does not run.", "golden score is off")
    fetch_error: Any = _said("Why a model that was ordered was not fetched.", "server says 404")
    engine: Any = _said("What does its sums: pure, native or ulab.", "native")
    commands: Any = _said("The commands it knows; with model it takes models from here.", ["model"])


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
