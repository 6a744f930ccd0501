"""What is wrong with the server or with a board, in a sentence."""

from dataclasses import dataclass

DISK, STORE, PRUNE, MESSAGES = "disk", "store", "prune", "messages"
SILENT, NOT_JUDGED, SENSOR, MODEL, RESET_LOOP = "silent", "not_judged", "sensor", "model", "reset_loop"
CLOCK, TASK, REFUSED = "clock", "task", "refused"
KINDS = {
    DISK: "The disk fills up.",
    STORE: "Windows cannot be stored, or wait for the disk.",
    PRUNE: "Old windows are not dropped.",
    MESSAGES: "Messages do not go out, or were set aside.",
    SILENT: "A board is not heard.",
    NOT_JUDGED: "Nobody judges a board.",
    SENSOR: "A board's sensor fails.",
    CLOCK: "The time of this server or of a board is doubtful.",
    MODEL: "A board does not run the model that it is to run.",
    RESET_LOOP: "A board starts again and again.",
    TASK: "A part of the server failed and was started again.",
    REFUSED: "Requests are refused.",
}
"""What can be wrong, and what each kind means."""


@dataclass(frozen=True, slots=True)
class Problem:
    """kind: one of KINDS. about: a board's id, or which disk, channel or task; "" for the server. sentence:
    for people. since_us: Unix time in microseconds, 0 where only health knows since when it hears of it.
    severe: whether somebody has to act now.
    """

    kind: str
    about: str
    sentence: str
    since_us: int = 0
    severe: bool = False

    @property
    def key(self) -> tuple[str, str]:
        """What stays the same while the sentence changes."""
        return self.kind, self.about
