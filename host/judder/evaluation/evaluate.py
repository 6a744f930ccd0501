"""From a model and labelled samples to figures: the one path of evaluate, report and notebooks."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from judder_core.model import Detector
from numpy.typing import NDArray

from judder.data.recording import Recording
from judder.data.sources import Source, as_names, recordings_of, windows_of
from judder.data.windows import Windows, choose, names_of
from judder.errors import JudderError
from judder.evaluation.cross_validation import cross_validate
from judder.evaluation.figures import summarise
from judder.model.document import AnyDocument
from judder.model.model import Model, as_model
from judder.model.scoring import Scored
from judder.training.false_alarms import notices_of, wish_of

Sides = tuple[tuple[str, ...], tuple[str, ...]]
"""The names of the normal and of the anomalous conditions."""


@dataclass(frozen=True, repr=False)
class Evaluation:
    """normal, anomalous: the conditions' names. figures: what `judder evaluate --json` prints. windows: all
    of these conditions, with notes on what was assumed of them.

    detector, which has the thresholds, and scored are None where folds were cross-validated: each fold had a
    model of its own.
    """

    normal: tuple[str, ...]
    anomalous: tuple[str, ...]
    figures: dict[str, Any]
    windows: Windows
    detector: Detector | None = None
    scored: Scored | None = None

    def __repr__(self) -> str:
        auc = "none" if self.auc is None else f"{self.auc:.4f}"
        return f"<Evaluation: AUC {auc}, normal: {[*self.normal]}, anomalous: {[*self.anomalous]}>"

    @property
    def auc(self) -> float | None:
        """The area under the ROC curve of single windows; None without anomalous ones."""
        auc: float | None = self.figures["auc"]
        return auc

    @property
    def notes(self) -> tuple[str, ...]:
        return self.windows.notes


def evaluate(
    model: Model | str | Path,
    data: Source,
    normal: str | Iterable[str],
    anomaly: str | Iterable[str] = (),
    *,
    sample_rate_hz: float | None = None,
    window_len: int | None = None,
    hop: int | None = None,
    unseen_only: bool = True,
) -> Evaluation:
    """Score the normal and the anomalous conditions of data with a model, or the one in a file.

    data: as judder.data.sources.Source says. window_len: the model's unless given. unseen_only: leave out the
    windows that the model was trained on. Raises JudderError where no window is left.
    """
    model = as_model(model)
    length = model.core.window_len if window_len is None else window_len
    sides, windows = _label(data, normal, anomaly, sample_rate_hz=sample_rate_hz, window_len=length, hop=hop)
    tested = windows.select(held_out(model.document, windows)) if unseen_only else windows
    if not len(tested):
        raise JudderError(
            "The model was trained on every window of these conditions.",
            hint="Score them all the same with --held-out all, or record new ones.",
        )
    scored = model.score(tested)
    said = {"model_id": model.id, "detector": model.detector.kind}
    figures = {**said, **summarise(scored, *sides, wish_of(model), notices_of(model))}
    return Evaluation(*sides, figures, windows, model.detector, scored)


def evaluate_folds(
    folds: int,
    data: Source,
    normal: str | Iterable[str],
    anomaly: str | Iterable[str] = (),
    *,
    sample_rate_hz: float | None = None,
    window_len: int | None = None,
    hop: int | None = None,
    **training: Any,
) -> Evaluation:
    """Train and test on so many blocks in time of the same windows. training: options of judder.train."""
    sides, windows = _label(
        data, normal, anomaly, sample_rate_hz=sample_rate_hz, window_len=window_len, hop=hop
    )
    return Evaluation(*sides, cross_validate(windows, *sides, folds, **training), windows)


def _label(
    data: Source, normal: str | Iterable[str], anomaly: str | Iterable[str], **cut: Any
) -> tuple[Sides, Windows]:
    """Return both sides and their windows, the normal ones first, cut as windows_of() does."""
    recordings = recordings_of(data)
    sides = sides_of(recordings, normal, anomaly)
    if isinstance(data, Windows):
        return sides, data.of([*sides[0], *sides[1]])
    return sides, windows_of([each for names in sides for each in choose(recordings, names)], **cut)


def sides_of(
    recordings: Sequence[Recording], normal: str | Iterable[str], anomaly: str | Iterable[str]
) -> Sides:
    """Return the conditions to take for normal and for anomalous. Raises JudderError for one that is both."""
    sides = names_of(choose(recordings, as_names(normal))), names_of(choose(recordings, as_names(anomaly)))
    both = set(sides[0]) & set(sides[1])
    if both:
        raise JudderError(
            f"{', '.join(sorted(both))}: named as normal and as anomalous.",
            hint="Name each condition once, with --normal or with --anomaly.",
        )
    return sides


def held_out(model_document: AnyDocument, windows: Windows) -> NDArray[np.bool_]:
    """Return which windows, (n,), the model was not trained on, nor come within a window's gap of that."""
    free = np.ones(len(windows), bool)
    gap = windows.window_len
    for used in model_document.trained_on:
        start, stop = used.rows
        for recording in windows.recordings:
            if recording.name != used.recording or recording.fingerprint(start, stop) != used.fingerprint:
                continue
            mine = (windows.condition == recording.condition) & (windows.recording == recording.name)
            near = (windows.start_row < stop + gap) & (windows.start_row + windows.window_len + gap > start)
            free &= ~(mine & near)
    return free
