"""The artefact of version 1, which boards in the field and `judder import` have."""

from typing import Annotated, Any

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
from judder.model.encoding import MAY_LACK, Counts, Floats, Part, encode

FORMAT, VERSION = "judder-model", 1


class Scaling(Part, frozen=True):
    """A feature set and what standardises it, (n_features,) each."""

    set: str
    mean: Floats
    std: Floats


class Mode(Part, frozen=True):
    """One operating mode, in standardised units. whitening: upper triangle, packed."""

    name: str
    mean: Floats
    whitening: Floats


class Gaussians(Part, frozen=True):
    """The parameters of a Mahalanobis detector."""

    modes: tuple[Mode, ...]


class Network(Part, frozen=True):
    """The parameters of an autoencoder. modes_of: the number of an earlier detector, whose modes it has."""

    modes_of: Annotated[int | None, MAY_LACK] = None
    modes: Annotated[tuple[Mode, ...] | None, MAY_LACK] = None
    limit: float
    gain: float
    layers: tuple[Layer, ...]


class DetectorEntry(Part, frozen=True):
    """threshold, window_calibration: of one window's score; combined_threshold, calibration: of the combined.

    grey_zone: the combined scores between which the host is asked.
    """

    kind: str
    features: Scaling
    parameters: Network | Gaussians
    training: Annotated[Proof | None, MAY_LACK] = None
    calibration: Table
    window_calibration: Table
    threshold: float
    combined_threshold: float
    grey_zone: tuple[float, float] | None = None


class Decision(Part, frozen=True):
    """windows: combined; most_disturbed: how many in a row may be left out of it.

    m of the last n verdicts alert, until no more than clear are strange. seconds: what the evidence spans.
    """

    false_alarms: FalseAlarms = FalseAlarms()
    combine: str = "mean_features"
    windows: int
    most_disturbed: int
    m: int
    n: int
    clear: int
    seconds: float | None = None


class DriftSeen(Part, frozen=True):
    before: float
    after: float
    allowed_until: float


class Golden(Part, frozen=True):
    """A window for every runtime to recompute. counts: those of the golden window before where absent."""

    detector: int = 0
    counts: Annotated[Counts | None, MAY_LACK] = None
    scale_g: float
    features: Floats
    score: float


class DocumentV1(Part, frozen=True):
    """The whole artefact, version 1. pose: None where the mounting is not watched."""

    format: str = FORMAT
    version: int = 1
    name: str
    created: str = ""
    provenance: Made = Provenance()
    signal: Signal
    detectors: tuple[DetectorEntry, ...]
    decision: Decision
    disturbance: Disturbance
    drift: Annotated[DriftSeen | None, MAY_LACK] = None
    pose: Pose | None = None
    evaluation: dict[str, Any] | None = None
    golden: tuple[Golden, ...] = ()

    @property
    def trained_on(self) -> tuple[Rows, ...]:
        return self.provenance.recordings if isinstance(self.provenance, Training) else ()

    def to_bytes(self) -> bytes:
        """Return the bytes of the model file. Raises ModelError if they are more than a board takes."""
        return encode(self.model_dump())
