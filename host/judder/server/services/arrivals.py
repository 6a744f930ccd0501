"""Windows that came in, and wait to be taken: batch after batch, each board's in order."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field

from judder_core.window import Window

from judder.server.services.answers import Answered
from judder.server.services.device import Device
from judder.server.services.errors import Busy
from judder.server.services.recordings import ServerRecording
from judder.server.storage.rows import Answer

MOST_TOGETHER = 256
"""Windows of a batch. They are judged in 20 ms, for which nobody else is answered (2026-11-30)."""
GATHER_S = 0.002
"""How long windows wait for others, where more were on their way before."""
NOT_YET = Answer()
"""To a window that nobody has looked at."""


@dataclass(eq=False, slots=True)
class Taking:
    """A window on its way: of device, here since at_us. The rest is found out on the way.

    is_late: it was sampled before others that came. known: what was answered when it came before. answer:
    what is answered now; misfit: why the host's model does not fit it, where that was to judge it. odd: what
    it shows, by kind, see quality. recording: what it belongs to; is_last: whether it takes the last place
    there. sent_as: its name as it was sent, where another window had that already.
    """

    device: Device
    window: Window
    at_us: int
    is_late: bool = False
    known: Answered | None = None
    answer: Answer = NOT_YET
    misfit: str | None = None
    odd: dict[str, str] = field(default_factory=dict)
    recording: ServerRecording | None = None
    is_last: bool = False
    sent_as: tuple[str, int, int] | None = None

    @property
    def name(self) -> tuple[str, int, int]:
        """What the window is called for ever."""
        return self.device.id, self.window.boot_id, self.window.seq

    @property
    def sampled_us(self) -> int:
        """When it was sampled, as well as is known; live windows are as new as they come."""
        return self.window.timestamp_us if self.is_late else self.at_us

    @property
    def answered(self) -> Answered:
        return self.known or Answered(*self.name, self.answer, self.at_us)

    @property
    def told(self) -> Answered:
        """What its board is told: of the name that it sent."""
        return Answered(*self.sent_as, self.answer, self.at_us) if self.sent_as else self.answered


@dataclass(eq=False, slots=True)
class Arrival:
    """The windows of one request, none twice.

    boards: whose they are. done: when all of them are taken, error: or why they are not.
    """

    takings: list[Taking]
    boards: frozenset[str]
    done: "asyncio.Future[None]"
    error: Exception | None = None

    @property
    def fresh(self) -> list[Taking]:
        """Those that never came before."""
        return [taking for taking in self.takings if taking.known is None]

    def end(self) -> None:
        """Tell whoever waits, if they still do."""
        if self.done.done():
            return
        if self.error:
            self.done.set_exception(self.error)
        else:
            self.done.set_result(None)


def note_late(takings: Sequence[Taking]) -> None:
    """Note which of takings come late, also after others of them."""
    newest: dict[str, Window] = {}
    for taking in takings:
        device = taking.device
        taking.is_late = device.is_late(taking.window, newest.get(device.id))
        if not taking.is_late:
            newest[device.id] = taking.window


class Arrivals:
    """Those that wait. take: takes a batch of them, no two of which are of one board.

    waiting: windows that were not answered yet.
    """

    def __init__(self, take: Callable[[Sequence[Arrival]], Awaitable[None]]) -> None:
        self._take = take
        self._queue: list[Arrival] = []
        self._worker: asyncio.Task[None] | None = None
        self._usual = 1  # windows on their way when the batch before was stored
        self.waiting = 0

    async def bring(self, takings: list[Taking]) -> None:
        """Have takings taken, all of them. Raises what kept them from it."""
        boards = frozenset(taking.device.id for taking in takings)
        arrival = Arrival(takings, boards, asyncio.get_running_loop().create_future())
        self._queue.append(arrival)
        self.waiting += len(takings)
        self._begin()
        await arrival.done

    def _begin(self) -> None:
        """Have what waits taken, unless that goes on already; it ends when nothing waits."""
        if self._queue and self._worker is None:
            self._worker = asyncio.create_task(self._work())
            self._worker.add_done_callback(self._ended)

    def _ended(self, worker: "asyncio.Task[None]") -> None:
        self._worker = None
        self._begin()  # where it was cancelled, others wait

    async def _work(self) -> None:
        """Take batch after batch until nothing waits: what comes while one is stored is the next."""
        while self._queue:
            if self.waiting < self._usual:  # more are about to come, and a commit costs as much as 20 windows
                await asyncio.sleep(GATHER_S)
            await self._take_or_refuse(self._next())

    async def _take_or_refuse(self, batch: Sequence[Arrival]) -> None:
        windows = sum(len(arrival.takings) for arrival in batch)
        error: Exception | None = Busy("The windows were not stored.", hint="Send them again.")
        try:
            await self._take(batch)
            error = None
        except Exception as failure:
            error = failure
        finally:
            self._usual = min(self.waiting, MOST_TOGETHER)
            self.waiting -= windows
            for arrival in batch:
                arrival.error = arrival.error or error
                arrival.end()

    def _next(self) -> list[Arrival]:
        """Return the next batch; a board's next request waits until the one before is answered."""
        batch: list[Arrival] = []
        left: list[Arrival] = []
        seen: set[str] = set()
        windows = 0
        for arrival in self._queue:
            is_next = windows < MOST_TOGETHER and seen.isdisjoint(arrival.boards)
            (batch if is_next else left).append(arrival)
            windows += len(arrival.takings) if is_next else 0
            seen |= arrival.boards
        self._queue = left
        return batch
