"""Whose verdict counts: the board's own where it has one, the host's detector where the board asks."""

import asyncio

from judder_core import judge as judges
from judder_core import numeric
from judder_core.decision import LEVELS, STANDSTILL
from judder_core.model import AnyModel, Detector
from judder_core.window import FLAG_LOCAL_SCORE, FLAG_LOST, FLAG_OPINION_WANTED, Window

from judder.server.services.answers import at_level, level_of
from judder.server.services.batch import Batch
from judder.server.services.judging import Machine
from judder.server.services.models import Models, board_detector, host_detector
from judder.server.services.sent import Told, as_sent
from judder.server.storage.levels import NORMAL
from judder.server.storage.rows import Answer, names

NOT_OF_VERDICT = ("window_level", "level", "mode", "why", "alert")
OF_VERDICT = [name for name in names(Answer) if name not in NOT_OF_VERDICT]


class Scoring:
    """Each board's machine, as each detector that judges it knows it."""

    def __init__(self, models: Models) -> None:
        self._models = models
        self._machines: dict[tuple[str, str, int, str, bool], Machine] = {}
        self._judging: dict[tuple[str, bool], int] = {}  # the last start in which a board judged by itself
        self._batch = Batch()

    async def judge(
        self, device: str, window: Window, kind: str | None = None, late: bool = False
    ) -> tuple[Answer, str | None]:
        """Return the answer to the next window of device, and why the host's model does not fit it.

        kind: of the detector that the board says it runs. late: the window comes after others that were
        sampled after it; its evidence is that of its neighbours, and not of those.
        """
        judged = bool(window.flags & FLAG_LOCAL_SCORE)
        asked = bool(window.flags & FLAG_OPINION_WANTED) or not judged
        if judged:
            self._judging[device, late] = window.boot_id
        board_model = self._models.known(window.model_hash) if judged else None
        host_model = self._models.for_host(board_model)
        board = host = None
        if board_model and not _misfit(board_model, window):
            board = self._machine(device, board_model, board_detector(board_model, kind), "board", late)
        if host_model and (asked or _may_ask(board_model)) and not _misfit(host_model, window):
            host = self._machine(device, host_model, host_detector(host_model), "host", late)
        level = level_of(window)
        if window.flags & FLAG_LOST:  # nobody judges it, and the level stays as it is
            return at_level(level or (LEVELS[host.decision.level] if host and not judged else None)), None
        local, hosts = await asyncio.gather(self._update(board, window), self._update(host, window))
        misfit = _misfit(host_model, window) if asked else None
        if asked and hosts and host and not judged:
            if self._judging.get((device, late)) != window.boot_id:  # a board without a model has no level
                level = LEVELS[host.decision.take(hosts[0])]
            return _answer(host, hosts, level), None
        if asked and hosts and host and hosts[0].combined_score is not None:
            return _answer(host, hosts, level), None
        sent = as_sent(local, window)
        return _answer(board, sent, level) if sent else at_level(level), misfit

    async def _update(self, machine: Machine | None, window: Window) -> Told | None:
        return await self._batch.update(machine, window) if machine else None

    def _machine(
        self, device: str, model: AnyModel, detector: Detector, judged_by: str, late: bool
    ) -> Machine:
        key = (device, model.model_id, model.detectors.index(detector), judged_by, late)
        if key not in self._machines:
            judge = judges.make(model, numeric, judged_by, detector)
            self._machines[key] = Machine(judge, model.decision())
        return self._machines[key]


def _answer(machine: Machine | None, told: Told, level: str | None) -> Answer:
    """Return a verdict as it is answered. machine: whose it is, None where the board's model is unknown."""
    verdict, why = told
    return at_level(
        level or NORMAL,
        **{name: getattr(verdict, name) for name in OF_VERDICT},
        window_level=None if verdict.state == STANDSTILL else LEVELS[verdict.level],
        mode=machine.mode_name(verdict.mode) if machine else None,
        why=why,
    )


def _misfit(model: AnyModel | None, window: Window) -> str | None:
    misfit: str | None = model.fits(window.window_len, window.sample_rate_hz) if model else None
    return misfit


def _may_ask(board_model: AnyModel | None) -> bool:
    """The host follows a board that may ask later: its verdict takes the evidence of several windows."""
    return board_model is not None and any(d.grey_zone is not None for d in board_model.detectors)
