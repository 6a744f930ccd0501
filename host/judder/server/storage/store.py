"""What can be done with what is on disk: the verbs every store has, and the unit of work they are done in.

    number = await store.write(lambda unit: unit.alerts.begin(alert))

What one function does in a unit is done together: all of it is on disk when write() returns, or, where the
function fails, none of it. A function may be run again after a failure, so it changes nothing but the unit.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeVar

from judder.errors import JudderError
from judder.server.storage.access import Audit, KeyRow, Numbered, SessionRow, TokenRow
from judder.server.storage.keeping import Sums, Upkeep
from judder.server.storage.rows import (
    Ages,
    Alert,
    Answer,
    DeviceRow,
    Incident,
    LearningRow,
    Letter,
    RecordingRow,
    Scored,
    ScoreStep,
    Space,
    StoredWindow,
    Trouble,
    WindowHead,
)

T = TypeVar("T")


class StoreError(JudderError):
    """What was asked of the store could not be done; later it may."""


class Windows(Protocol):
    def add(self, window: StoredWindow) -> bool:
        """Keep window. Return False, and leave all as it is, where one of its name is there."""

    def answer(self, device: str, boot_id: int, seq: int) -> Answer | None:
        """Return what was answered to a window, or None where it never came."""

    def find(self, device: str, boot_id: int, seq: int) -> StoredWindow | None: ...

    def newest(self, limit: int, device: str | None = None) -> list[WindowHead]:
        """Return the last windows that came, the newest first; of one board where device is given."""

    def scores(self, device: str, since_us: int, step_us: int) -> list[ScoreStep]:
        """Return a board's scores from since_us on, in steps of step_us, none for a step without windows."""

    def recorded(self) -> list[tuple[str, StoredWindow]]:
        """Return every window of a recording with its condition, by recording, board, pose and time.

        Their answers are left out.
        """

    def numbers(self, device: str, boot_id: int, first: int, last: int) -> list[int]:
        """Return the seq of each window of one start of a board from first to last, rising."""

    def newest_us(self) -> int | None:
        """Return when the last window came."""

    def oldest_of_us(self, device: str) -> int | None:
        """Return when the oldest window of a board came."""

    def ages(self) -> Ages: ...

    def scored(self, device: str, begin_us: int, end_us: int) -> list[Scored]:
        """Return the verdicts on a board's windows that came from begin_us on, before end_us."""

    def thin(self, before_us: int, most: int) -> int:
        """Drop windows that came before before_us but the first of each minute and board, and those that an
        alert began with. Windows of recordings stay. Look at no more than most, the oldest; return how many.
        """

    def drop_minutes(self, before_us: int, most: int) -> int:
        """Drop what thin() left from before before_us, most windows at a time; return how many."""

    def drop_of(self, device: str, before_us: int, most: int) -> int:
        """Drop a board's windows of no recording from before before_us, most at a time; return how many."""

    def drop_recorded(self, recording: int, most: int) -> int:
        """Drop the windows of a recording, most at a time; return how many."""

    def dropped(self) -> int:
        """Return how many windows were dropped so far, by whichever of these."""


class Alerts(Protocol):
    def begin(self, alert: Alert) -> int:
        """Keep a new alert; return its number."""

    def end(self, number: int, at_us: int) -> None:
        """Note when an alert was over; the last word counts."""

    def rise(self, number: int, by: Alert) -> Alert | None:
        """Let a notice become the alarm that `by` is; return it, or None where it was one already."""

    def join(self, late: int, following: int) -> None:
        """Let the alert called following begin where late did, and drop late."""

    def acknowledge(self, number: int, at_us: int) -> None:
        """Note that somebody has seen an alert; the first time counts."""

    def find(self, number: int) -> Alert | None: ...

    def newest(self, limit: int) -> list[Alert]: ...

    def on(self) -> list[Alert]:
        """Return the alerts that are not over."""

    def begun_at(self, device: str, boot_id: int, seq: int) -> Alert | None:
        """Return the alert that began with this window."""

    def spanning(self, device: str, boot_id: int, seq: int, at_us: int) -> Alert | None:
        """Return the alert that began before window seq and was still on after at_us."""

    def any_since(self, device: str, since_us: int) -> bool:
        """Return whether a board had an alert on after since_us."""

    def drop(self, number: int) -> None:
        """Forget an alert, whose incident may be left without one."""

    def drop_of(self, device: str) -> None:
        """Forget all alerts and incidents of a board."""


class Incidents(Protocol):
    """An incident is all the alerts of one board with little calm between them; `notify` says how little."""

    def new_alerts(self) -> list[Alert]:
        """Return the alerts that are part of no incident yet, the oldest first."""

    def find_open(self, device: str) -> int | None:
        """Return the number of a board's open incident."""

    def adopt(self, alert: Alert, incident: int | None) -> None:
        """Make alert part of incident; None: the first of a new one, which gets the alert's number."""

    def open(self) -> list[Incident]:
        """Return the open incidents that have an alert, the oldest first."""

    def told(self, number: int, at_us: int, level: str) -> None:
        """Note that people were told of an incident, at this level."""

    def close(self, number: int, at_us: int) -> None:
        """Note that an incident is over, and that people know it."""

    def drop_empty(self) -> None:
        """Forget open incidents whose alerts have all been joined to others."""


class Outbox(Protocol):
    def post(
        self,
        key: str,
        channels: Sequence[str],
        message: str,
        at_us: int,
        about: str = "",
        ends: bool = False,
    ) -> None:
        """Keep a message for each of channels, due at once; about and ends: see Letter."""

    def next(self, channel: str, at_us: int | None = None, without: Collection[int] = ()) -> Letter | None:
        """Return what a channel has still to deliver, and has been due the longest at at_us (None: ever).

        No message comes before an older one about the same. without: of these nobody asks any more.
        """

    def hurry(self, channel: str, at_us: int) -> None:
        """Let what a channel has still to deliver be due at at_us, where that is sooner."""

    def delivered(self, number: int, at_us: int) -> None: ...

    def failed(self, number: int, error: str, due_us: int, given_up_us: int | None) -> None:
        """Note an attempt that failed, and when to try again, or when the message was set aside."""

    def is_overtaken(self, number: int) -> bool:
        """Return whether its channel has delivered a newer message about the same."""

    def set_aside(self) -> list[Letter]:
        """Return the messages that were set aside, the oldest first."""

    def again(self, number: int, at_us: int) -> None:
        """Let a message that was set aside be tried again, as if it were new."""

    def drop(self, number: int) -> None:
        """Forget a message."""

    def reached(self, channels: Sequence[str], about: str) -> list[str]:
        """Return those of channels that have delivered, or set aside, all that they were to say about it."""

    def waiting(self) -> dict[str, int]:
        """Return how many messages each channel has still to deliver; channels with none are left out."""

    def prune(self, before_us: int) -> None:
        """Forget messages from before before_us, delivered or not."""


class Troubles(Protocol):
    """Problems of health that people were told of, or will be."""

    def save(self, trouble: Trouble) -> None:
        """Keep trouble in the place of the one of its kind and about."""

    def drop(self, kind: str, about: str) -> None: ...

    def all(self) -> list[Trouble]: ...


class Devices(Protocol):
    def save(self, device: DeviceRow) -> None: ...

    def drop(self, device: str) -> None: ...

    def find(self, device: str) -> DeviceRow | None: ...

    def all(self) -> list[DeviceRow]: ...


class Recordings(Protocol):
    def start(self, recording: RecordingRow) -> int:
        """Keep a new recording; return its number."""

    def change(self, number: int, **changes: str | int | None) -> None:
        """Give these fields of a recording new values."""

    def end_full(self, number: int, state: str) -> None:
        """Give a recording this state once it holds as many windows as it wants."""

    def all(self) -> list[tuple[RecordingRow, int]]:
        """Return each recording, the oldest first, with how many windows it holds."""

    def drop(self, number: int) -> None:
        """Forget a recording that holds no windows any more, and what was learned from it."""


class Learnings(Protocol):
    def save(self, learning: LearningRow) -> None: ...

    def drop_of(self, device: str) -> None:
        """Forget all that a board learned; its recordings stay."""

    def all(self) -> list[LearningRow]:
        """Return every learning, the oldest recording first."""


@dataclass(frozen=True, slots=True)
class Unit:
    """All that one transaction reads and writes."""

    windows: Windows
    alerts: Alerts
    incidents: Incidents
    outbox: Outbox
    devices: Devices
    recordings: Recordings
    learnings: Learnings
    sums: Sums
    upkeep: Upkeep
    troubles: Troubles
    keys: Numbered[KeyRow]
    tokens: Numbered[TokenRow]
    sessions: Numbered[SessionRow]
    audit: Audit


class Store(Protocol):
    """The server's memory. Open it before use. Every method may raise StoreError."""

    async def open(self) -> None: ...

    async def close(self) -> None:
        """Let what waits be written, and let go of the files."""

    def waiting(self) -> int:
        """Return how much waits for the disk, windows for the most part."""

    def troubles(self) -> list[str]:
        """Return what was found wrong with the files, a sentence each, since the store was opened."""

    async def space(self) -> Space: ...

    async def tidy(self, spare: int) -> bool:
        """Give the room of dropped rows back to the disk, but for spare bytes; a small step of it.

        Return whether there may be more.
        """

    async def make_room(self) -> None:
        """Let go of what is held in reserve, so that a full disk takes the deletion of rows."""

    async def probe(self) -> None:
        """Write a little. Raises StoreError where windows could not be stored, or would be lost."""

    async def read(self, work: Callable[[Unit], T]) -> T:
        """Return what work finds, all of one moment. Reading holds up no writing."""

    async def write(self, work: Callable[[Unit], T]) -> T:
        """Return what work returns once all it did is on disk. Where it raises, nothing was done."""

    async def write_each(self, works: Sequence[Callable[[Unit], T]]) -> list[T | Exception]:
        """Return what each of works returns once all they did is on disk, together; one that raises fails
        alone, and what it raised is in its place.
        """
