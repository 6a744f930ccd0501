"""A model as Python has it: trained or read from a file, it scores, tells about itself, and is saved."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

from judder_core import model_file
from judder_core.model import AnyModel, Detector

from judder.data.sources import Source, recordings_of, window_len_of, windows_of
from judder.data.whole import write_whole
from judder.data.windows import Windows
from judder.engine import numeric_numpy
from judder.errors import JudderError
from judder.model import document, files
from judder.model.document import AnyDocument
from judder.model.scoring import Scored, score_windows
from judder.quality import as_sentences, find, survey
from judder.text import rate

MOST_ODDITIES = 5


@dataclass(frozen=True, eq=False, repr=False)
class Model:
    """data: the bytes of its file. core: as boards and the server run it. document: as it is written.
    detector: the one of its detectors that scores.

    warnings: sentences on what it cannot promise, for the person who trained it. notes: on what was assumed
    of the samples. Both are empty for a model that was read from a file.
    """

    data: bytes
    core: AnyModel
    document: AnyDocument
    detector: Detector
    warnings: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    @classmethod
    def load(cls, path: str | Path, detector: str | None = None) -> Self:
        """Return the model in a file, scoring by its detector of that kind, the first unless given.

        Of a network file, .tflite or .keras, that is the autoencoder. Raises JudderError where there is none,
        ModelError where the file is damaged.
        """
        path = Path(path)
        if path.name.endswith(files.SUFFIXES):
            core, data = files.load_network(path)
            files.refuse_kind(path, detector)
            return cls(data, core, document.read(data), files.autoencoder_of(core))
        core, data = files.read_model(path)
        return cls(data, core, document.read(data), _of_kind(core, detector))

    def save(self, path: str | Path) -> Path:
        """Write the file that boards and the server load; return where it is."""
        path = Path(path)
        write_whole(path, self.data)
        return path

    def score(
        self,
        data: Source,
        conditions: str | Iterable[str] = (),
        *,
        sample_rate_hz: float | None = None,
        hop: int | None = None,
    ) -> Scored:
        """Return what the model says of the windows of conditions in data, all unless given.

        data: whatever judder.train takes. sample_rate_hz: the model's where nobody says it. Raises
        JudderError where the windows do not fit the model.
        """
        return score_windows(self.core, self._windows(data, conditions, sample_rate_hz, hop), self.detector)

    def _windows(
        self, data: Source, conditions: str | Iterable[str], rate_hz: float | None, hop: int | None
    ) -> Windows:
        if isinstance(data, Windows):
            return windows_of(data, conditions)
        recordings = recordings_of(data, conditions)
        if all(recording.sample_rate_hz is None for recording in recordings):
            rate_hz = self.core.sample_rate_hz if rate_hz is None else rate_hz
        length = window_len_of(data) or self.core.window_len
        return windows_of(recordings, sample_rate_hz=rate_hz, window_len=length, hop=hop)

    @property
    def id(self) -> str:
        """The name, and the first 8 hex digits of the SHA-256 of its file."""
        return str(self.core.model_id)

    @property
    def name(self) -> str:
        return str(self.core.name)

    @property
    def threshold(self) -> float:
        """Of the score of one window: what is higher is flagged."""
        return float(self.detector.threshold)

    @property
    def combined_threshold(self) -> float:
        """Of the combined score: what is higher is a notice; by a model of version 1 an alarm."""
        return float(self.detector.combined_threshold)

    @property
    def modes(self) -> list[str]:
        """The names of the operating modes that the detector knows."""
        return list(self.core.mode_names)

    @property
    def wished(self) -> str | None:
        """How many false alarms it was trained for, in words; None where nobody said."""
        return self.document.decision.false_alarms.wished

    def __repr__(self) -> str:
        core, detector = self.core, self.detector
        return (
            f"<Model {self.id}: {detector.kind} of {detector.feature_set},"
            f" {core.window_len} samples at {rate(core.sample_rate_hz)}, modes: {len(self.modes)}>"
        )


@dataclass(frozen=True, eq=False, repr=False)
class TrainedModel(Model):
    """A model fresh from training. windows: what it was trained on."""

    windows: Windows = field(kw_only=True)

    def oddities(self, most: int = MOST_ODDITIES) -> list[str]:
        """Return the worst of what is odd about the recordings it was trained on, in sentences."""
        return as_sentences(find(survey(self.windows.recordings, self.windows.sample_rate_hz)))[:most]

    @classmethod
    def of(cls, written: AnyDocument, warnings: tuple[str, ...], windows: Windows) -> Self:
        """Return the model that a document makes; its first detector scores. Raises ModelError."""
        data = written.to_bytes()
        core = model_file.load(data, numeric_numpy)
        return cls(data, core, written, core.detectors[0], warnings, windows.notes, windows=windows)


def score(
    model: Model | str | Path,
    data: Source,
    conditions: str | Iterable[str] = (),
    *,
    sample_rate_hz: float | None = None,
    hop: int | None = None,
) -> Scored:
    """Return what a model, or the one in a file, says of data; see Model.score()."""
    return as_model(model).score(data, conditions, sample_rate_hz=sample_rate_hz, hop=hop)


def as_model(model: Model | str | Path) -> Model:
    """Return the model, or the one in the file that it names."""
    return model if isinstance(model, Model) else Model.load(model)


def _of_kind(core: AnyModel, kind: str | None) -> Detector:
    detectors: list[Detector] = core.detectors
    for detector in detectors:
        if kind in (None, detector.kind):
            return detector
    raise JudderError(
        f"Model {core.model_id} has no detector {kind}.",
        hint=f"It has: {', '.join(detector.kind for detector in core.detectors)}.",
    )
