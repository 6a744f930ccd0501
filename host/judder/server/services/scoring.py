"""Whose verdict counts: the board's own where it has one, the host's detector where the board asks."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from judder_core import judge as judges
from judder_core.decision import LEVELS, STANDSTILL
from judder_core.model import AnyModel, Detector
from judder_core.states import NOT_JUDGED
from judder_core.window import FLAG_LOCAL_SCORE, FLAG_LOST, FLAG_OPINION_WANTED, Window

from judder.engine import numeric_rows
from judder.server.services.answers import at_level, level_of, unjudged
from judder.server.services.arrivals import Taking
from judder.server.services.failures import Failures
from judder.server.services.judging import judge_all
from judder.server.services.machine import Job, Machine
from judder.server.services.models import Models, board_detector, host_detector
from judder.server.services.sent import Told, as_sent
from judder.server.storage.levels import NORMAL
from judder.server.storage.rows import Answer, names

NOT_OF_VERDICT = ("window_level", "level", "mode", "why", "alert")
OF_VERDICT = [name for name in names(Answer) if name not in NOT_OF_VERDICT]


@dataclass(eq=False, slots=True)
class Question:
    """A window, and who is to judge it.

    judged: by its board. asked: the host was. alone: nobody but the host judges that board's windows. board,
    host: the machine as their detectors know it, where they know it; local, hosts: what they are to judge.
    """

    taking: Taking
    judged: bool
    asked: bool
    alone: bool
    board: Machine | None = None
    host: Machine | None = None
    local: Job | None = None
    hosts: Job | None = None
    misfit: str | None = None


class Scoring:
    """Each board's machine, as each detector that judges it knows it."""

    def __init__(self, models: Models) -> None:
        self._models = models
        self._machines: dict[tuple[str, str, int, str, bool], Machine] = {}
        self.failures = Failures()
        self._judging: dict[tuple[str, bool], int] = {}  # the last start in which a board judged by itself

    def judge(self, takings: Sequence[Taking]) -> None:
        """Give takings, each board's in order, their answers and misfits. One that cannot be judged is not.

        The evidence of a late window is that of its neighbours, not of those that were sampled after it.
        """
        questions = [question for taking in takings if (question := self._ask_safely(taking))]
        judge_all([job for each in questions for job in (each.local, each.hosts) if job])
        for question in questions:
            taking = question.taking
            try:
                taking.answer, taking.misfit = _answer(question)
            except Exception as error:
                self._give_up(taking, (question.board, question.host), error)

    def _ask_safely(self, taking: Taking) -> "Question | None":
        try:
            return self._ask(taking)
        except Exception as error:
            self._give_up(taking, (), error)
            return None

    def _give_up(self, taking: Taking, machines: Iterable[Machine | None], error: Exception) -> None:
        """Let a window be stored though a model fails on it, one that was taken for sound."""
        taking.answer = at_level(level_of(taking.window), state=NOT_JUDGED)
        models = {machine.model.model_id for machine in machines if machine}
        self.failures.note(taking.device.id, models, error)

    def _ask(self, taking: Taking) -> Question:
        """Return who is to judge a window."""
        window, board = taking.window, (taking.device.id, taking.is_late)
        judged = bool(window.flags & FLAG_LOCAL_SCORE)
        if judged:
            self._judging[board] = window.boot_id
        asked = bool(window.flags & FLAG_OPINION_WANTED) or not judged
        question = Question(taking, judged, asked, self._judging.get(board) != window.boot_id)
        board_model = self._models.known(window.model_hash) if judged else None
        host_model = self._models.for_host(board_model)
        if board_model and not _misfit(board_model, window):
            kind = taking.device.status.get("detector")
            question.board = self._machine(board, board_model, board_detector(board_model, kind), "board")
        question.misfit = _misfit(host_model, window) if asked else None
        if host_model and (asked or _may_ask(board_model)) and not _misfit(host_model, window):
            question.host = self._machine(board, host_model, host_detector(host_model), "host")
        if not window.flags & FLAG_LOST:  # of one that lost samples nobody judges
            question.local = Job(question.board, window) if question.board else None
            question.hosts = Job(question.host, window) if question.host else None
        return question

    def _machine(self, board: tuple[str, bool], model: AnyModel, detector: Detector, by: str) -> Machine:
        device, late = board
        key = (device, model.model_id, model.detectors.index(detector), by, late)
        if key not in self._machines:
            self._machines[key] = Machine(judges.make(model, numeric_rows, by, detector), model.decision())
        return self._machines[key]


def _answer(question: Question) -> tuple[Answer, str | None]:
    """Return the answer to a window, and why the host's model does not fit it."""
    window, host = question.taking.window, question.host
    level = level_of(window)
    if window.flags & FLAG_LOST:  # the level stays as it is
        stays = LEVELS[host.decision.level] if host and not question.judged else None
        return at_level(level or stays), None
    local = question.local.told() if question.local else None
    hosts = question.hosts.told() if question.hosts else None
    if question.asked and hosts and host and not question.judged:
        if question.alone:  # a board without a model has no level
            level = LEVELS[host.decision.take(hosts[0])]
        return _of(host, hosts, level), None
    if question.asked and hosts and hosts[0].combined_score is not None:
        return _of(host, hosts, level), None
    sent = as_sent(local, window)
    return _of(question.board, sent, level) if sent else unjudged(level), question.misfit


def _of(machine: Machine | None, told: Told, level: str | None) -> Answer:
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
