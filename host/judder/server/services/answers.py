"""What a board is told of a window."""

from dataclasses import dataclass
from functools import cache
from typing import Any

from judder_core.window import FLAG_ALERT, FLAG_LOCAL_SCORE, FLAG_NOTICE, Window

from judder.server.storage.levels import ALARM, NORMAL, NOTICE
from judder.server.storage.rows import Answer, as_dict


@dataclass(frozen=True, slots=True)
class Answered:
    """A window by its name, what came of it, and when."""

    device: str
    boot_id: int
    seq: int
    answer: Answer
    at_us: int

    def to_dict(self) -> dict[str, Any]:
        """Return it as boards and pages get it."""
        name = {"device_id": self.device, "boot_id": self.boot_id, "seq": self.seq}
        told: dict[str, Any] = {"alarming": self._alarming, "server_time_us": self.at_us, "commands": []}
        return {**name, **as_dict(self.answer), **told}

    @property
    def _alarming(self) -> bool | None:
        """What boards before frame v2 act on where they asked."""
        level = self.answer.window_level
        return None if level is None else level == ALARM


def at_level(level: str | None, **fields: Any) -> Answer:
    """Return an answer of that level, what a person acts on."""
    return Answer(level=level, alert=level == ALARM, **fields)


@cache
def unjudged(level: str | None) -> Answer:
    """Return the answer that says no more than that level."""
    return at_level(level)


def level_of(window: Window) -> str | None:
    """Return the level that a board was at when it sent window; None where it judges nothing."""
    if window.flags & FLAG_ALERT:
        return ALARM
    if window.flags & FLAG_NOTICE:
        return NOTICE
    return NORMAL if window.flags & FLAG_LOCAL_SCORE else None
