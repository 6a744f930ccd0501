"""What artefacts of each version have in common, as typed classes. Keys stand in the order of the file."""

from typing import Annotated, Any, Literal

from pydantic import Discriminator, Field, Tag

from judder.model.encoding import MAY_LACK, Bytes, Floats, Part

Row = Annotated[int, Field(ge=0, le=10**12)]


class Rows(Part, frozen=True):
    """rows: [first, one after the last] of a recording; fingerprint: tells them from those of another."""

    condition: str
    recording: str
    session: Annotated[str | None, MAY_LACK] = None
    rows: tuple[Row, Row]
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
    answers: Annotated[tuple[str, ...] | None, MAY_LACK] = None


class Import(Provenance, frozen=True):
    """imported: the name of the file. calibration: where its p-values come from, in words."""

    imported: str
    calibration: str


def _how_made(value: Any) -> str:
    if isinstance(value, Provenance):
        return type(value).__name__
    if not isinstance(value, dict):
        return "Provenance"  # whose own refusal says what is wrong
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


class Layer(Part, frozen=True):
    """weights: (outputs * inputs,), times scale."""

    weights: Bytes
    scale: float
    bias: Floats
    activation: Literal["relu", "linear"]


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


class FalseAlarms(Part, frozen=True):
    """wished: in words, None where nobody said. The others are shares of the windows."""

    wished: str | None = None
    wished_per_window: Annotated[float | None, MAY_LACK] = None
    achievable_per_window: float | None = None


class Disturbance(Part, frozen=True):
    limit_g: float


class Pose(Part, frozen=True):
    """The mean direction of gravity, and how far from it is still the same mounting; both in g."""

    mean: tuple[float, float, float]
    tolerance: float
