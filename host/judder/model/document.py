"""The model artefact, NAME.judder.json, as typed classes: written, read and migrated here only.

Keys stand in the order in which they are written. A document equals the one read back from its bytes.
"""

from collections.abc import Callable
from typing import Annotated, Any, Literal

from judder_core import model_file
from judder_core.errors import ModelError
from pydantic import ValidationError

from judder.model.document_parts import (
    Disturbance,
    FalseAlarms,
    Layer,
    Made,
    Pose,
    Proof,
    Provenance,
    Rows,
    Signal,
    Table,
    Training,
)
from judder.model.document_v1 import DocumentV1
from judder.model.encoding import MAY_LACK, Counts, Floats, Part, encode


class Features(Part, frozen=True):
    """set: the name of a feature set, which all detectors of the file see."""

    set: str


class Standstill(Part, frozen=True):
    """limit_g: up to which rms the machine stands still."""

    limit_g: float


class Metric(Part, frozen=True):
    """Distances of the mean residual of so many windows count towards level."""

    level: Literal["notice", "alarm"]
    windows: int


class Shape(Part, frozen=True):
    """A whitening matrix: whole numbers, upper triangle column by column, each column times its scale."""

    scales: Floats
    whitening: Counts


class Placed(Part, frozen=True):
    """shape: the number of a Shape; stretch: what a residual is multiplied by before, for each feature."""

    shape: int
    stretch: Annotated[Floats | None, MAY_LACK] = None


class Mode(Part, frozen=True):
    """One operating mode. sessions, windows: what it was learned from. speed_hz: of its shaft, where its line
    was seen. mean: of its features, in their own units. metrics: one for each of the model's.
    """

    name: str
    condition: str
    sessions: int
    windows: int
    speed_hz: float | None = None
    mean: Floats
    metrics: tuple[Placed, ...]


class Network(Part, frozen=True):
    """The parameters of an autoencoder; a Mahalanobis detector has none."""

    limit: float
    gain: float
    layers: tuple[Layer, ...]


class Nothing(Part, frozen=True):
    """The parameters of a Mahalanobis detector: modes and metrics are the model's."""


class Thresholds(Part, frozen=True):
    """Of a window's own score, and of the two levels' evidence."""

    window: float
    notice: float
    alarm: float


class DetectorEntry(Part, frozen=True):
    """window_calibration: of a window's own score; calibration: of the evidence for a notice.

    grey_zone: the combined scores between which the host is asked.
    """

    kind: str
    parameters: Network | Nothing
    training: Annotated[Proof | None, MAY_LACK] = None
    thresholds: Thresholds
    window_calibration: Table
    calibration: Table
    grey_zone: tuple[float, float] | None = None


class Decision(Part, frozen=True):
    """notices, false_alarms: the wishes for either level. most_disturbed: windows, of ten, that are left out.

    m of the last n windows reach a level, until no more than clear do. seconds: what the evidence spans.
    """

    notices: FalseAlarms = FalseAlarms()
    false_alarms: FalseAlarms = FalseAlarms()
    most_disturbed: int
    m: int
    n: int
    clear: int
    seconds: float | None = None


class Golden(Part, frozen=True):
    """A window for every runtime to recompute. counts: those of the golden window before where absent.

    score: of this window alone; alarm: of its residual under the first metric of an alarm.
    """

    detector: int = 0
    counts: Annotated[Counts | None, MAY_LACK] = None
    scale_g: float
    features: Floats
    score: float
    alarm: float


class Document(Part, frozen=True):
    """The whole artefact, version 2. pose: None where the mounting is not watched; standstill: None where
    the machine's rest cannot be told.
    """

    format: str = model_file.FORMAT
    version: int = 2
    name: str
    created: str = ""
    provenance: Made = Provenance()
    signal: Signal
    features: Features
    pose: Pose | None = None
    disturbance: Disturbance
    standstill: Standstill | None = None
    metrics: tuple[Metric, ...]
    shapes: tuple[Shape, ...]
    modes: tuple[Mode, ...]
    detectors: tuple[DetectorEntry, ...]
    decision: Decision
    evaluation: dict[str, Any] | None = None
    golden: tuple[Golden, ...] = ()

    @property
    def trained_on(self) -> tuple[Rows, ...]:
        return self.provenance.recordings if isinstance(self.provenance, Training) else ()

    def to_bytes(self) -> bytes:
        """Return the bytes of the model file. Raises ModelError if they are more than a board takes."""
        return encode(self.model_dump())


AnyDocument = Document | DocumentV1
VERSIONS: dict[int, Callable[[Any], AnyDocument]] = {1: DocumentV1.model_validate, 2: Document.model_validate}
"""What reads each version of the artefact."""


def read(data: bytes) -> AnyDocument:
    """Return the document in the bytes of a model file. Raises ModelError where it is none."""
    found = model_file.parse(data)
    try:
        return VERSIONS[found["version"]](found)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"]))
        raise ModelError(f"Model's {where} cannot be: {first['msg']}.", "Train it again.") from error
