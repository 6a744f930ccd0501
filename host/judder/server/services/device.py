"""One board as the server knows it: its last report and answers, and how it is, in a word."""

from collections import OrderedDict
from dataclasses import asdict, dataclass, field
from typing import Any, NamedTuple

from judder_core.decision import STANDSTILL
from judder_core.states import NO_MODEL, NOT_JUDGED, OFFLINE, SAFE_MODE, SENSOR_FAULT, STATES
from judder_core.window import FLAG_BACKLOG, FLAG_LOCAL_SCORE, FLAG_LOST, Window

from judder.server.services.answers import Answered
from judder.server.services.errors import Conflict
from judder.server.services.learnings import RECORDING, Learning
from judder.server.services.missing import missing_between
from judder.server.services.orders import Order
from judder.server.services.quality import BoardQuality
from judder.server.services.starts import Starts
from judder.server.storage.levels import ALARM, NOTICE
from judder.server.storage.rows import DeviceRow

ANSWERS_KEPT = 64
OFFLINE_AFTER_US = 30_000_000
"""A board reports every 10 s unless told otherwise."""
OLD_WORDS = dict.fromkeys(("suspect", "anomaly"), ALARM)
"""What boards of before two levels call an alarm."""
JUDGED_WITHIN_US = 60_000_000
"""A board of which no verdict came for longer, and for longer than four windows take, is judged by nobody."""
FEW = 3
"""Windows in a row: fewer that lost samples are left out of what is learned, and no word about it is."""


class Standing(NamedTuple):
    """How a board's alerts stand. alert: the number of the one that is on. level: after its newest window."""

    alert: int | None
    level: str | None


@dataclass(eq=False)
class Device:
    """One board. answers: the last ones by (boot_id, seq), for windows that come twice. alert_id: of the
    alert that is on; late_alert_id: of one that windows from the board's backlog tell of. level: that of its
    newest window. order: the model it is to fetch. learning: the last, of what is normal. label: what it is
    called here, None for the name in its config. came_us: when it was first heard since the server's start or
    a silence; judged_us: when its last verdict came; clashed_us: when two last sent in its name. signed:
    whether it signs what it sends, None until it sends.
    """

    id: str
    status: dict[str, Any] = field(default_factory=dict)
    status_us: int = 0
    last_seen_us: int = 0
    came_us: int = 0
    judged_us: int = 0
    windows: int = 0
    lost: int = 0
    signed: bool | None = None
    clashed_us: int = 0
    last: Answered | None = None
    alert_id: int | None = None
    late_alert_id: int | None = None
    level: str | None = None
    order: Order | None = None
    learning: Learning | None = None
    label: str | None = None
    answers: OrderedDict[tuple[int, int], Answered] = field(default_factory=OrderedDict)
    quality: BoardQuality = field(default_factory=BoardQuality)
    starts: Starts = field(default_factory=Starts)

    def hear(self, now_us: int) -> None:
        """Note that it says something."""
        if not self.came_us or now_us - self.last_seen_us > OFFLINE_AFTER_US:
            self.came_us = now_us
        self.last_seen_us = now_us

    def is_late(self, window: Window, newest: Window | None = None) -> bool:
        """Return whether window comes from the board's backlog, after others that were sampled after it.

        newest: of those that were not remembered yet.
        """
        last = newest or self.last
        if not (window.flags & FLAG_BACKLOG and last):
            return False
        return bool(window.boot_id != last.boot_id or window.seq < last.seq)

    def is_next(self, window: Window) -> bool:
        """Return whether window follows the newest one of the same start: it cannot have come before."""
        return bool(self.last and window.boot_id == self.last.boot_id and window.seq > self.last.seq)

    def standing(self, is_late: bool) -> Standing:
        """Return how alerts stand, or those that late windows tell of."""
        return Standing(self.late_alert_id if is_late else self.alert_id, self.level)

    def remember(self, answered: Answered, late: bool, alert: int | None) -> None:
        """Take in a window's answer and the alert that goes on, and count the windows missing before it; a
        late one was missed.
        """
        if self.last and self.last.boot_id == answered.boot_id:
            if late:
                self.lost = max(0, self.lost - 1)
            else:
                self.lost += missing_between(self.id, self.last.seq, answered.seq)
        self._take_in(answered, late, alert)
        if not late:
            self.last = answered
            self.starts.take(answered.boot_id, answered.at_us)
        self.answers[answered.boot_id, answered.seq] = answered
        if len(self.answers) > ANSWERS_KEPT:
            self.answers.popitem(last=False)

    def remember_clash(self, answered: Answered, late: bool, alert: int | None) -> None:
        """Take in the answer to a window whose number another one had: it is not the board's newest."""
        self._take_in(answered, late, alert)
        self.clashed_us = answered.at_us

    def _take_in(self, answered: Answered, late: bool, alert: int | None) -> None:
        self.windows += 1
        if late:
            self.late_alert_id = alert
        else:
            self.level, self.alert_id = answered.answer.level, alert
        if answered.answer.judged_by or answered.answer.level:
            self.judged_us = answered.at_us

    @property
    def name(self) -> str:
        """What people call it."""
        return str(self.label or self.status.get("name") or self.id)

    @property
    def is_learning(self) -> bool:
        return self.learning is not None and self.learning.is_open

    def alarms_since_its_start(self) -> bool:
        """Return whether it alarms by a window of the start that it reported last."""
        newest = self.last
        return bool(newest and self.level == ALARM and newest.boot_id == self.status.get("boot_id"))

    def takes_models(self) -> bool:
        """Return whether the board fetches a model when it is told to."""
        commands = self.status.get("commands")
        return isinstance(commands, list) and "model" in commands

    def require_that_it_takes_models(self) -> None:
        """Raise Conflict unless takes_models()."""
        if not self.takes_models():
            raise Conflict(
                f"Board {self.id} takes no model over the network.",
                hint="Record and train by hand: judder record normal, judder train; then judder deploy",
            )

    def state(self, now_us: int) -> str:
        """Return how the board is, a word of judder_core.states: never "normal" where nobody judges."""
        if now_us - self.last_seen_us > OFFLINE_AFTER_US:
            return OFFLINE
        reported = self._reported()
        is_newer = self.status_us > (self.last.at_us if self.last else 0)
        if reported == SAFE_MODE:
            return SAFE_MODE
        if (reported == SENSOR_FAULT and is_newer) or self.quality.stuck:
            return SENSOR_FAULT
        if self.level == ALARM:
            return ALARM
        if self.starts.is_loop(now_us):
            return NOT_JUDGED
        has_model = bool(self.status.get("model_id"))
        is_unjudged = reported == NOT_JUDGED and is_newer and (has_model or not self._only_lacks_a_model())
        if self.is_learning:
            # a model that does not fit is what is learned anew; windows that lost samples are what cannot be
            return NOT_JUDGED if self._loses_samples() or (is_unjudged and not has_model) else "learning"
        if is_unjudged or self._is_left_alone(now_us):
            return NOT_JUDGED
        judged = self.last.answer.state if self.last else None
        if self.level == NOTICE and judged != STANDSTILL:
            return NOTICE
        return judged or (reported if has_model else None) or "learning"

    def _is_left_alone(self, now_us: int) -> bool:
        """Return whether verdicts came of it, and do no longer, whatever it says of itself."""
        longest_us = JUDGED_WITHIN_US
        window_len, rate_hz = self.status.get("window_len"), self.status.get("nominal_rate_hz")
        if isinstance(window_len, int) and isinstance(rate_hz, int | float) and rate_hz > 0:
            longest_us = max(longest_us, int(4e6 * window_len / rate_hz))
        return bool(self.judged_us) and now_us - max(self.judged_us, self.came_us) > longest_us

    def _only_lacks_a_model(self) -> bool:
        """Return whether a board that judges nothing has to learn, and watches."""
        return "model_id" in self.status and self.status.get("why") in (None, NO_MODEL)

    def _loses_samples(self) -> bool:
        """Return whether the last windows of a board that is being recorded cannot be learned from."""
        assert self.learning is not None
        newest = list(self.answers.values())[-FEW:]
        lost = [answered for answered in newest if answered.answer.state == NOT_JUDGED]
        return self.learning.state == RECORDING and len(lost) == FEW

    def _reported(self) -> str | None:
        """Return the word the board has for itself. One that is not ours is no proof that it judges."""
        if self.status.get("safe_mode") is True:
            return SAFE_MODE
        word = self.status.get("state")
        if word is None:
            return None
        known = OLD_WORDS.get(word, word) if isinstance(word, str) else None
        return known if known in STATES else NOT_JUDGED

    def lacks_verdict(self, window: Window) -> bool:
        """Return whether window was to be judged or learned from, and samples or memory were missing."""
        if window.flags & FLAG_LOCAL_SCORE or self.status.get("task") == "collect":
            return False
        return bool(window.flags & FLAG_LOST or (self.status.get("model_id") and not self.is_learning))

    def summary(self, now_us: int) -> dict[str, Any]:
        """Return what changes with a window."""
        return {
            "device_id": self.id,
            "state": self.state(now_us),
            "last_seen_us": self.last_seen_us,
            "windows": self.windows,
            "lost": self.lost,
            "signed": self.signed,
            "level": self.level,
            "alert": self.level == ALARM,
            "mounting_changed": bool(self.last and self.last.answer.mounting_changed),
            "quality": self.quality.to_list(),
            "last": self.last.to_dict() if self.last else {},
        }

    def to_dict(self, now_us: int) -> dict[str, Any]:
        """Return all of it. recent: the last combined scores since the board's start, in thresholds."""
        status = {"status": self.status, "status_us": self.status_us, "label": self.label}
        plans = {
            "takes_models": self.takes_models(),
            "order": self.order.to_dict() if self.order else None,
            "learning": asdict(self.learning) if self.learning else None,
        }
        return {**self.summary(now_us), **status, **plans, "recent": self._recent()}

    def _recent(self) -> list[float]:
        boot_id = self.last.boot_id if self.last else None
        answers = [self.answers[key].answer for key in sorted(self.answers) if key[0] == boot_id]
        pairs = [(answer.combined_score, answer.combined_threshold) for answer in answers]
        return [round(score / threshold, 3) for score, threshold in pairs if score is not None and threshold]

    def row(self, order: Order | None) -> DeviceRow:
        """Return what is kept of it on disk, with an order."""
        if order is None or not (order.is_open or order.is_on_trial):
            return DeviceRow(self.id, self.status, self.status_us, label=self.label)
        ordered = order.model_id, order.before, order.after
        return DeviceRow(self.id, self.status, self.status_us, *ordered, self.label)
