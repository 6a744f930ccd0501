"""Whose verdict counts: the board's own where it has one, the host's detector where the board asks."""

import asyncio

from judder_core import judge as judges
from judder_core import numeric
from judder_core.decision import ALARM, Verdict
from judder_core.model import Detector, Model
from judder_core.window import FLAG_ALERT, FLAG_LOCAL_SCORE, FLAG_LOST, FLAG_OPINION_WANTED, Window

from judder.server.services.batch import Batch, Machine
from judder.server.services.models import Models, board_detector, host_detector
from judder.server.storage.rows import Answer, names

OF_VERDICT = [name for name in names(Answer) if name not in ("why", "alert", "alarming")]


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
        alert = bool(window.flags & FLAG_ALERT)
        if window.flags & FLAG_LOST:  # nobody judges it, and the alert stays as it is
            return Answer(alert=alert or bool(host and not judged and host.decision.alert)), None
        local, hosts = await asyncio.gather(self._update(board, window), self._update(host, window))
        misfit = _misfit(host_model, window) if asked else None
        if asked and hosts and host and not judged:
            if self._judging.get((device, late)) != window.boot_id:  # the alert of a board without a model
                alert = host.decision.take(hosts[0]) == ALARM
            return _answer(*hosts, alert), None
        if asked and hosts and hosts[0].combined_score is not None:
            return _answer(*hosts, alert), None
        if local:
            return _answer(_as_sent(local[0], window), local[1], alert), misfit
        return Answer(alert=alert), misfit

    async def _update(self, machine: Machine | None, window: Window) -> tuple[Verdict, str | None] | None:
        return await self._batch.update(machine, window) if machine else None

    def _machine(self, device: str, model: Model, detector: Detector, judged_by: str, late: bool) -> Machine:
        key = (device, model.model_id, model.detectors.index(detector), judged_by, late)
        if key not in self._machines:
            judge = judges.make(model, numeric, judged_by, detector)
            self._machines[key] = Machine(judge, model.decision())
        return self._machines[key]


def _answer(verdict: Verdict, why: str | None, alert: bool) -> Answer:
    """Return verdict as it is answered: every field of an Answer that is not given here is the verdict's."""
    told = {name: getattr(verdict, name) for name in OF_VERDICT}
    return Answer(**told, alarming=verdict.level == ALARM, why=why, alert=alert)


def _misfit(model: Model | None, window: Window) -> str | None:
    misfit: str | None = model.fits(window.window_len, window.sample_rate_hz) if model else None
    return misfit


def _may_ask(board_model: Model | None) -> bool:
    """The host follows a board that may ask later: its verdict takes the evidence of several windows."""
    return board_model is not None and any(d.grey_zone is not None for d in board_model.detectors)


def _as_sent(verdict: Verdict, window: Window) -> Verdict:
    """Return the board's verdict, recomputed here but for the score that the board sent."""
    verdict.score = window.local_score
    verdict.anomaly = verdict.anomaly and window.local_score > verdict.threshold
    return verdict
