"""What a board's learning is: recorded, trained, put on the board."""

from dataclasses import dataclass, field

from judder.server.storage.rows import LearningRow, part

WINDOWS = 400
LEAST_WINDOWS, MOST_WINDOWS = 60, 100_000
RECORDING, TRAINING, DELIVERING, DONE, FAILED = "recording", "training", "delivering", "done", "failed"
OPEN = (RECORDING, TRAINING, DELIVERING)


@dataclass
class Learning:
    """recording: the number of its recording. model_id: what was trained of it. warnings: what is odd about
    that. error: why it failed. doing: the step of a training that goes on, such as "fitting".
    """

    recording: int
    device: str
    state: str = RECORDING
    model_id: str | None = None
    error: str | None = None
    warnings: list[str] = field(default_factory=list)
    doing: str | None = None

    @property
    def is_open(self) -> bool:
        return self.state in OPEN

    def row(self) -> LearningRow:
        """Return what is kept of it on disk."""
        return part(LearningRow, self)
