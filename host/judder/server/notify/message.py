"""One message to people: what it says, as data for programs and as words."""

import json
import secrets
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from judder.server.storage import levels
from judder.text import lasting, visible

NOTICE, ALERT, REMINDER, RECOVERED, TEST = "notice", "alert", "reminder", "recovered", "test"
PROBLEM, SOLVED = "problem", "solved"
KINDS = (NOTICE, ALERT, REMINDER, RECOVERED, PROBLEM, SOLVED, TEST)
OF_BOARDS = (NOTICE, ALERT, REMINDER, RECOVERED)
"""The kinds that tell of one board's machine."""
OF_LEVEL = {levels.NOTICE: NOTICE, levels.ALARM: ALERT}
"""The kind that tells of an incident when it has come to a level."""
SUBJECTS = {
    NOTICE: "Notice: {board} shakes differently",
    ALERT: "Alarm: {board} shakes differently",
    REMINDER: "Alarm: {board} still shakes differently",
    RECOVERED: "{board} is back to normal",
    PROBLEM: "Problem: {problem}",
    SOLVED: "Solved: {problem}",
    TEST: "Judder's alerts reach you",
}
MEANINGS = {
    NOTICE: "It is different from {baseline} it knows: is this still fine?",
    ALERT: "This is beyond what another day plausibly shows.",
    REMINDER: "This is beyond what another day plausibly shows.",
}
MOUNTING = "The mounting changed, too: the sensor hangs another way than in training."


@dataclass(frozen=True)
class Message:
    """key: the same each time this message is sent again, so that a receiver can tell. kind: one of KINDS.

    fault: the number of the incident's first alert, under the name that receivers know; alert: of its newest.
    level: the incident's; raised_us: when it rose to alarm, where it began as a notice. baseline_s: how long
    the machine was recorded for the model, None where nobody knows. problem: a kind of services/problem, and
    sentences: what is wrong, of health's messages. Times are Unix time in microseconds.
    """

    key: str
    kind: str
    at_us: int
    device_id: str = ""
    name: str = ""
    place: str = ""
    fault: int | None = None
    alert: int | None = None
    level: str | None = None
    started_us: int | None = None
    raised_us: int | None = None
    ended_us: int | None = None
    why: str | None = None
    mounting_changed: bool = False
    baseline_s: float | None = None
    score: float | None = None
    model_id: str | None = None
    problem: str | None = None
    sentences: Sequence[str] = ()
    url: str = ""

    @property
    def subject(self) -> str:
        where = f" ({self.place})" if self.place else ""
        board = (self.name or self.device_id) + where
        return visible(SUBJECTS[self.kind].format(board=board, problem=self._first_problem()))

    @property
    def text(self) -> str:
        """The message for people, a fact a line."""
        facts = [self.subject + ".", *self._meaning(), *self.sentences[1:], *self._times(), self.url]
        return "\n".join(visible(fact) for fact in facts if fact)

    def _first_problem(self) -> str:
        """Return the first sentence, and how many more there are."""
        first, more = (self.sentences[0] if self.sentences else "").removesuffix("."), len(self.sentences) - 1
        return f"{first} (and {more} more)" if more > 0 else first

    def _meaning(self) -> list[str]:
        """Return what the level means, and what changed."""
        if self.kind not in MEANINGS:
            return []
        baseline = "what" if self.baseline_s is None else f"the {lasting(self.baseline_s)}"
        return [
            MEANINGS[self.kind].format(baseline=baseline),
            f"What changed: {self.why}" if self.why else "",
            MOUNTING if self.mounting_changed else "",
        ]

    def _times(self) -> list[str]:
        return [
            f"Since {_clock(self.started_us)}" if self.started_us else "",
            f"An alarm since {_clock(self.raised_us)}" if self.raised_us and self.kind != RECOVERED else "",
            f"Calm since {_clock(self.ended_us)}" if self.ended_us else "",
        ]

    def to_dict(self) -> dict[str, Any]:
        """Return what programs get: every field, and the words."""
        return {**asdict(self), "subject": self.subject, "text": self.text}

    def to_json(self) -> str:
        return json.dumps(asdict(self))


def from_json(text: str) -> Message:
    return Message(**json.loads(text))


def make_key() -> str:
    return secrets.token_hex(8)


def _clock(time_us: int | None) -> str:
    """Return a time as people of this machine's time zone say it, also one that no calendar has."""
    try:
        return datetime.fromtimestamp((time_us or 0) / 1e6).astimezone().strftime("%Y-%m-%d %H:%M:%S %Z")
    except (ValueError, OverflowError, OSError):
        return f"{time_us} us, which is no time"
