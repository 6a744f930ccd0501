"""One message to people: what it says, as data for programs and as words."""

import json
import secrets
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from judder.text import visible

ALERT, REMINDER, RECOVERED, TEST = "alert", "reminder", "recovered", "test"
KINDS = (ALERT, REMINDER, RECOVERED, TEST)
SUBJECTS = {
    ALERT: "{board} shakes differently",
    REMINDER: "{board} still shakes differently",
    RECOVERED: "{board} is back to normal",
    TEST: "Judder's alerts reach you",
}


@dataclass(frozen=True)
class Message:
    """key: the same each time this message is sent again, so that a receiver can tell. kind: one of KINDS.

    fault: the number of the incident's first alert, under the name that receivers know; alert: of its newest.
    Times are Unix time in microseconds.
    """

    key: str
    kind: str
    at_us: int
    device_id: str = ""
    name: str = ""
    place: str = ""
    fault: int | None = None
    alert: int | None = None
    started_us: int | None = None
    ended_us: int | None = None
    why: str | None = None
    score: float | None = None
    model_id: str | None = None
    url: str = ""

    @property
    def subject(self) -> str:
        where = f" ({self.place})" if self.place else ""
        return visible(SUBJECTS[self.kind].format(board=(self.name or self.device_id) + where))

    @property
    def text(self) -> str:
        """The message for people, a fact a line."""
        facts = [
            self.subject + ".",
            f"What drove it: {self.why}" if self.why and self.kind != RECOVERED else "",
            f"Since {_clock(self.started_us)}" if self.started_us else "",
            f"Calm since {_clock(self.ended_us)}" if self.ended_us else "",
            self.url,
        ]
        return "\n".join(visible(fact) for fact in facts if fact)

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
    """Return a time as people of this machine's time zone say it."""
    return datetime.fromtimestamp((time_us or 0) / 1e6).astimezone().strftime("%Y-%m-%d %H:%M:%S %Z")
