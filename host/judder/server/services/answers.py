"""What a board is told of a window."""

from dataclasses import dataclass
from typing import Any

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
        return {**name, **as_dict(self.answer), "server_time_us": self.at_us, "commands": []}
