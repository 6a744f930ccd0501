"""The model artefact, NAME.judder.json, as typed classes: written, read and migrated here only.

Keys stand in the order in which they are written. A document equals the one read back from its bytes.
"""

from collections.abc import Callable
from typing import Annotated, Any, Literal

from judder_core import model_file
from judder_core.errors import ModelError
from pydantic import Discriminator, Tag, ValidationError

from judder.model.encoding import MAY_LACK, Bytes, Counts, Floats, Part, encode


class Rows(Part, frozen=True):
    """rows: [first, one after the last] of a recording; fingerprint: tells them from those of another."""

    condition: str
    recording: str
    rows: tuple[int, int]
    fingerprint: str


class Shares(Part, frozen=True):
    """How many windows were fitted, and how many calibrated."""

    fit: int
    calibrate: int


class Provenance(Part, frozen=True):
    """What every model has; judder: the version that made it."""

    judder: str | None = None
    conditions: tuple[str, ...] = ()


class Training(Provenance, frozen=True):
    recordings: tuple[Rows, ...]
    windows: Annotated[Shares | None, MAY_LACK] = None
    seed: int | None = None


class Import(Provenance, frozen=True):
    """imported: the name of the file. calibration: where its p-values come from, in words."""

    imported: str
    calibration: str


def _how_made(value: Any) -> str:
    if isinstance(value, Provenance):
        return type(value).__name__
    return "Import" if "imported" in value else "Training" if "recordings" in value else "Provenance"


Made = Annotated[
    Annotated[Training, Tag("Training")]
    | Annotated[Import, Tag("Import")]
    | Annotated[Provenance, Tag("Provenance")],
    Discriminator(_how_made),
]
"""Told apart by what they hold: one that lacks a key must not be taken for a model that saw no recordings."""


class Signal(Part, frozen=True):
    axes: int = 3
    unit: str = "g"
    sample_rate_hz: float
    window_len: int


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


class Layer(Part, frozen=True):
    """weights: (outputs * inputs,), times scale."""

    weights: Bytes
    scale: float
    bias: Floats
    activation: Literal["relu", "linear"]


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


class Proof(Part, frozen=True):
    """That an autoencoder lives; see judder.detectors.liveness. seeds: how many were trained."""

    seed: int
    seeds: int
    correlation: float
    error: float
    mean_error: float


class Table(Part, frozen=True):
    """Scores of windows held out and how rare they are; windows: how many there were."""

    windows: int
    scores: Floats
    p_values: Floats


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


class FalseAlarms(Part, frozen=True):
    """wished: in words, None where nobody said. The others are shares of the windows."""

    wished: str | None = None
    wished_per_window: Annotated[float | None, MAY_LACK] = None
    achievable_per_window: float | None = None


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


class Disturbance(Part, frozen=True):
    limit_g: float


class DriftSeen(Part, frozen=True):
    before: float
    after: float
    allowed_until: float


class Pose(Part, frozen=True):
    """The mean direction of gravity, and how far from it is still the same mounting; both in g."""

    mean: tuple[float, float, float]
    tolerance: float


class Golden(Part, frozen=True):
    """A window for every runtime to recompute. counts: those of the golden window before where absent."""

    detector: int = 0
    counts: Annotated[Counts | None, MAY_LACK] = None
    scale_g: float
    features: Floats
    score: float


class Document(Part, frozen=True):
    """The whole artefact, version 1. pose: None where the mounting is not watched."""

    format: str = model_file.FORMAT
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


VERSIONS: dict[int, Callable[[Any], Document]] = {1: Document.model_validate}
"""What reads each version of the artefact, and returns the newest kind of Document."""


def read(data: bytes) -> Document:
    """Return the Document in the bytes of a model file. Raises ModelError where it is none."""
    found = model_file.parse(data)
    try:
        return VERSIONS[found["version"]](found)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"]))
        raise ModelError(f"Model's {where} cannot be: {first['msg']}.", "Train it again.") from error
