"""Labelled recordings: which windows are kept under which condition, from when to when."""

import asyncio
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

from judder.server.services.errors import Conflict, NotFound
from judder.server.services.events import RESYNC, Events
from judder.server.storage.rows import TRASHED, RecordingRow, as_dict
from judder.server.storage.store import Store, Unit

RUNNING, STOPPED, DONE = "running", "stopped", "done"


@dataclass
class ServerRecording:
    """device: only this board's windows, None for every board's. wanted: None for no end. started_us: windows
    that were sampled before do not belong to it.

    pose: the stamp that windows coming in now get. recorded: windows on disk. claimed: those, and the
    ones on their way there. trashed_us: when it was deleted; until it is old it may be taken back.
    """

    id: int
    condition: str
    device: str | None
    wanted: int | None
    pose: str | None
    state: str
    started_us: int
    trashed_us: int | None = None
    recorded: int = 0
    claimed: int = 0

    def wants(self, device: str) -> bool:
        return (
            self.state == RUNNING
            and self.device in (None, device)
            and (self.wanted is None or self.claimed < self.wanted)
        )

    def is_full(self) -> bool:
        """Return whether it holds all that it wants."""
        return self.wanted is not None and self.recorded >= self.wanted

    def is_claimed_whole(self) -> bool:
        """Return whether the last place is taken: the window that has it may end the recording."""
        return self.wanted is not None and self.claimed >= self.wanted

    def shows_progress(self) -> bool:
        """Return whether the newest window makes a whole percent more."""
        if self.wanted is None:
            return True
        return self.recorded * 100 // self.wanted > (self.recorded - 1) * 100 // self.wanted


class Recordings:
    """The recordings of one server, at most so many; those that ran when it stopped go on when it starts."""

    def __init__(self, store: Store, events: Events, most: int) -> None:
        self._most = most
        self._store = store
        self._events = events
        self._all: dict[int, ServerRecording] = {}
        self._starting = asyncio.Lock()

    async def load(self) -> None:
        for row, n in await self._store.read(lambda unit: unit.recordings.all()):
            self._all[row.id] = ServerRecording(**as_dict(row), recorded=n, claimed=n)

    def list(self) -> list[ServerRecording]:
        return list(self._all.values())

    def get(self, number: int) -> ServerRecording:
        if number not in self._all:
            raise NotFound(f"There is no recording {number}.", hint="GET /api/v1/recordings")
        return self._all[number]

    def wants(self, device: str) -> bool:
        return any(recording.wants(device) for recording in self._all.values())

    def claim(self, device: str, sampled_us: int) -> ServerRecording | None:
        """Return the recording that a window of device belongs to, with a place in it reserved."""
        for recording in self._all.values():
            if recording.wants(device) and sampled_us >= recording.started_us:
                recording.claimed += 1
                return recording
        return None

    def settle(self, recording: ServerRecording, added: bool) -> None:
        """Say what became of a claimed place: the window was added, or was no new one.

        Whoever added the last one also called end_full() in its unit.
        """
        if not added:
            recording.claimed -= 1
            return
        recording.recorded += 1
        if recording.is_full():
            recording.state = DONE
        if recording.is_full() or recording.shows_progress():
            self._events.publish("recording", asdict(recording))

    async def start(
        self,
        condition: str,
        wanted: int | None,
        device: str | None,
        resume: bool,
        now_us: int,
        also: Callable[[Unit, int], None] | None = None,
    ) -> ServerRecording:
        """Start a recording, or go on with the last unfinished one of the same condition and board.

        also: what belongs to a new one, by its number, on disk with it or not at all.
        """
        async with self._starting:
            busy = self._busy(device)
            if busy and not (resume and (busy[0].condition, busy[0].device) == (condition, device)):
                raise _is_running(busy[0])
            unfinished = self._unfinished(condition, device) if resume else None
            if unfinished:
                return await self.change(unfinished, state=RUNNING, wanted=wanted)
            if len(self._all) >= self._most:
                raise Conflict(
                    f"There are {len(self._all)} recordings, and no more are kept.",
                    hint="Delete some, or raise max_recordings.",
                )
            return await self._begin(RecordingRow(0, condition, device, wanted, None, RUNNING, now_us), also)

    def _unfinished(self, condition: str, device: str | None) -> ServerRecording | None:
        """Return the last recording of a condition and a board that is not done."""
        for recording in reversed(self._all.values()):
            is_same = (recording.condition, recording.device) == (condition, device)
            if is_same and recording.state not in (DONE, TRASHED):
                return recording
        return None

    async def _begin(self, row: RecordingRow, also: Callable[[Unit, int], None] | None) -> ServerRecording:
        def begin(unit: Unit) -> int:
            number = unit.recordings.start(row)
            if also:
                also(unit, number)
            return number

        number = await self._store.write(begin)
        recording = self._all[number] = ServerRecording(**{**as_dict(row), "id": number})
        self._events.publish("recording", asdict(recording))
        return recording

    async def alter(self, number: int, **changes: Any) -> ServerRecording:
        """Do what was asked for recording number: changes to its name, state or pose.

        Raises NotFound, Conflict.
        """
        recording = self.get(number)
        if recording.state == TRASHED:
            return await self._take_back(recording, changes)
        if recording.state == DONE and "state" in changes:
            raise Conflict(f"Recording {number} is done.", hint="Start a new one.")
        change = self.go_on if changes.get("state") == RUNNING else self.change
        return await change(recording, **changes)

    async def _take_back(self, recording: ServerRecording, changes: dict[str, Any]) -> ServerRecording:
        if changes != {"state": STOPPED}:
            raise Conflict(
                f"Recording {recording.id} is in the trash.",
                hint=f'Take it back: PATCH /api/v1/recordings/{recording.id} {{"state": "stopped"}}',
            )
        return await self.change(recording, state=DONE if recording.is_full() else STOPPED, trashed_us=None)

    async def trash(self, number: int, now_us: int) -> ServerRecording:
        """Put a recording into the trash; one that is there is dropped with the next step. Raises NotFound,
        and Conflict while it takes windows.
        """
        recording = self.get(number)
        if recording.state == RUNNING:
            raise _is_running(recording)
        trashed_us = 0 if recording.state == TRASHED else now_us
        return await self.change(recording, state=TRASHED, trashed_us=trashed_us)

    def trashed_before(self, before_us: int) -> tuple[ServerRecording, ...]:
        """Return the recordings that have been in the trash for longer."""
        trashed = ((recording, recording.trashed_us) for recording in self._all.values())
        return tuple(recording for recording, at_us in trashed if at_us is not None and at_us < before_us)

    async def drop(self, recording: ServerRecording) -> None:
        """Forget a recording whose windows are gone."""
        await self._store.write(lambda unit: unit.recordings.drop(recording.id))
        del self._all[recording.id]
        self._events.publish(RESYNC.kind, RESYNC.data)

    async def go_on(self, recording: ServerRecording, **changes: Any) -> ServerRecording:
        """Change a recording that runs from now on, unless another one of its boards does."""
        busy = [other for other in self._busy(recording.device) if other is not recording]
        if busy:
            raise _is_running(busy[0])
        return await self.change(recording, **changes)

    def _busy(self, device: str | None) -> tuple[ServerRecording, ...]:
        running = [recording for recording in self._all.values() if recording.state == RUNNING]
        return tuple(recording for recording in running if _overlap(recording.device, device))

    async def change(
        self, recording: ServerRecording, also: Callable[[Unit], None] | None = None, **changes: Any
    ) -> ServerRecording:
        """Change state, wanted or pose, on disk together and with what also does, and then here."""

        def change(unit: Unit) -> None:
            unit.recordings.change(recording.id, **changes)
            if also:
                also(unit)

        await self._store.write(change)
        vars(recording).update(changes)
        self._events.publish("recording", asdict(recording))
        return recording


def _is_running(recording: ServerRecording) -> Conflict:
    return Conflict(
        f"Recording {recording.id} of {recording.condition} is running.",
        hint=f'Stop it first: PATCH /api/v1/recordings/{recording.id} {{"state": "stopped"}}',
    )


def _overlap(one: str | None, other: str | None) -> bool:
    return one is None or other is None or one == other
