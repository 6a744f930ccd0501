"""Windows come in: decoded, judged, stored, and only then answered. Two protocols, one path."""

import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from judder_core.states import NOT_JUDGED
from judder_core.window import FLAG_LOCAL_SCORE, FLAG_LOST, FLAG_OPINION_WANTED, Window

from judder.server.services.alerts import Alerts
from judder.server.services.answers import Answered, level_of, unjudged
from judder.server.services.arrivals import Arrival, Arrivals, Taking, note_late
from judder.server.services.clashes import Numbers, tell_apart
from judder.server.services.devices import Devices
from judder.server.services.errors import Busy, Conflict
from judder.server.services.failures import Failures
from judder.server.services.keeping import Keeping, Kept
from judder.server.services.quality import oddities
from judder.server.services.recordings import Recordings
from judder.server.services.scoring import Scoring
from judder.server.storage.store import Store, StoreError

Judged = Callable[[int, float], None]
"""Is told how many windows were judged together, and how many seconds each took."""


class Ingest:
    """The one path of a window, whichever protocol brought it."""

    def __init__(
        self,
        store: Store,
        recordings: Recordings,
        devices: Devices,
        alerts: Alerts,
        scoring: Scoring,
        judged: Judged,
        max_waiting: int,
        boot_id: int,
    ) -> None:
        self._store = store
        self._recordings = recordings
        self._devices = devices
        self._alerts = alerts
        self._scoring = scoring
        self._keeping = Keeping(recordings, alerts)
        self._judged = judged
        self._max_waiting = max_waiting
        self._arrivals = Arrivals(self._take)
        self._numbers = Numbers(boot_id)

    @property
    def waiting(self) -> int:
        """Windows that were not answered yet."""
        return self._arrivals.waiting

    @property
    def failures(self) -> Failures:
        """Models that fail on windows."""
        return self._scoring.failures

    async def take_all(self, windows: Sequence[Window], clock_us: Callable[[], int]) -> dict[str, Any]:
        """Take the windows of one request, which name their boards; return what is told of the last.

        A window that comes twice is stored once and answered as it was the first time. Raises Conflict where
        the last asked for the host's verdict and the host's model does not fit it.
        """
        now_us = clock_us()
        takings = [self._taking(window.device_id.hex(), window, now_us) for window in windows]
        last = await self._bring(takings)
        if last.misfit and last.window.flags & FLAG_OPINION_WANTED:
            raise Conflict(
                f"The {last.misfit}. The window is stored, not judged.",
                hint="Train a model for this board, or set its signal section to the model's.",
            )
        return {**self._told(last), "server_time_us": clock_us()}

    async def take_unnumbered(self, name: str, window: Window, now_us: int) -> dict[str, Any]:
        """Take the next window of a board whose protocol carries no numbers, as the reference's."""
        self._numbers.give(name, window)
        return self._told(await self._bring([self._taking(name, window, now_us)]))

    def _taking(self, name: str, window: Window, now_us: int) -> Taking:
        device = self._devices.admit(name)
        self._devices.quotas.take(name, window.counts.itemsize * len(window.counts), now_us)
        device.hear(now_us)
        return Taking(device, window, now_us)

    async def _bring(self, takings: Sequence[Taking]) -> Taking:
        """Return the last of takings once all are stored."""
        if self.waiting + self._store.waiting() >= self._max_waiting:
            raise Busy("The disk does not keep up.", hint="Send it again later.", retry_after_s=1)
        once: dict[tuple[str, int, int], Taking] = {}
        for taking in takings:
            once.setdefault(taking.name, taking)
        last = once[takings[-1].name]
        await self._arrivals.bring(list(once.values()))
        return last

    def _told(self, taking: Taking) -> dict[str, Any]:
        return {**taking.told.to_dict(), "record": self._recordings.wants(taking.device.id)}

    async def _take(self, batch: Sequence[Arrival]) -> None:
        """Take what waited: looked up, judged, stored, told. No two requests of a batch are of one board."""
        await self._look_up(batch)
        await tell_apart([t for arrival in batch for t in arrival.takings], self._store, self._numbers)
        self._judge([taking for arrival in batch for taking in arrival.fresh])
        works = [self._keeping.work(arrival) for arrival in batch]
        for arrival, outcome in zip(batch, await self._store.write_each(works), strict=True):
            self._tell(arrival, outcome)

    async def _look_up(self, batch: Sequence[Arrival]) -> None:
        """Find the answers to windows that came before: boards come again after a reset, too."""
        unknown = []
        for taking in (taking for arrival in batch for taking in arrival.takings):
            device, window = taking.device, taking.window
            taking.known = device.answers.get((window.boot_id, window.seq))
            if not (taking.known or device.is_next(window)):
                unknown.append(taking)
        if unknown:
            # By the writer, which has nothing else to do: who reads may be at a week's scores.
            answers = await self._store.write(lambda unit: [unit.windows.answer(*t.name) for t in unknown])
            for taking, answer in zip(unknown, answers, strict=True):
                taking.known = Answered(*taking.name, answer, taking.at_us) if answer else None

    def _judge(self, takings: Sequence[Taking]) -> None:
        """Say of each window what it comes to, and what is odd about it."""
        started = time.perf_counter()
        note_late(takings)
        for taking in takings:
            taking.answer = unjudged(level_of(taking.window))
        self._scoring.judge([taking for taking in takings if _is_scored(taking)])
        for taking in takings:
            if taking.answer.judged_by is None and taking.device.lacks_verdict(taking.window):
                taking.answer = replace(taking.answer, state=NOT_JUDGED)
        if takings:
            self._judged(len(takings), (time.perf_counter() - started) / len(takings))
        live = [taking for taking in takings if not taking.is_late]
        for taking, odd in zip(live, oddities([taking.window for taking in live]), strict=True):
            taking.odd = odd

    def _tell(self, arrival: Arrival, outcome: list[Kept] | Exception) -> None:
        """Remember and tell what is on disk. What is not is refused."""
        kept = [] if isinstance(outcome, Exception) else outcome
        self._keeping.settle(arrival, kept)
        if isinstance(outcome, Exception):
            arrival.error = _refusal(outcome)
            return
        for taking, (_, change) in zip(arrival.fresh, kept, strict=True):
            remember = taking.device.remember_clash if taking.sent_as else taking.device.remember
            remember(taking.answered, taking.is_late, change.number)
            if not taking.is_late:
                taking.device.quality.take(taking.window, taking.odd)
            self._alerts.tell(taking.device, change)
        for (device, is_late), at_us in {(t.device, t.is_late): t.at_us for t in arrival.fresh}.items():
            self._devices.publish(device, at_us, is_late)


def _is_scored(taking: Taking) -> bool:
    """Return whether anybody here judges a window.

    While a board learns, another machine's model has no say in what is normal; and where samples are missing,
    the gaps look like vibration.
    """
    flags = taking.window.flags
    return bool(flags & FLAG_LOCAL_SCORE) or not (taking.device.is_learning or flags & FLAG_LOST)


def _refusal(error: Exception) -> Exception:
    """Return what a board is told of windows that are not on disk."""
    if not isinstance(error, StoreError):
        return error
    return Busy(f"The window could not be stored. {error}", hint=error.hint, retry_after_s=5)
