"""From recordings to a model: the one way, which the command line, the server and notebooks take."""

from collections.abc import Iterable
from pathlib import Path

from judder.data.sources import Source, first_half, windows_of
from judder.data.windows import Windows
from judder.detectors import AutoencoderDetector, MahalanobisDetector
from judder.detectors.autoencoder import SEEDS
from judder.detectors.base import Weigher
from judder.errors import JudderError
from judder.model.model import Model, TrainedModel, as_model
from judder.training.advice import advise
from judder.training.describe import describe
from judder.training.false_alarms import ALARM_WISH, NOTICE_WISH, parse_wish
from judder.training.fitting import FEATURES, MakeBaseline, TrainingOptions, fit
from judder.training.progress import FITTING, READING, Progress, Step, silent
from judder.training.second_detector import add_to as add_second
from judder.training.second_detector import check_fits

ALL, FIRST_HALF = "all", "first-half"


def train(
    data: Source,
    normal: str | Iterable[str] = (),
    *,
    name: str = "model",
    features: str | None = None,
    notices: str | None = None,
    false_alarms: str | None = None,
    detector: str | MakeBaseline | None = None,
    seeds: int = SEEDS,
    add_to: Model | str | Path | None = None,
    train_on: str = ALL,
    sample_rate_hz: float | None = None,
    window_len: int | None = None,
    hop: int | None = None,
    progress: Progress = silent,
) -> TrainedModel:
    """Return a model of the normal machine; its warnings and notes tell what it cannot promise.

    data: a path, recordings, windows, or samples in g, as judder.data.sources.Source says.
    normal: the conditions to train on, all unless given; each is an operating mode, or several. Several
    recordings of one are sessions, which tell what days do.
    features: the name of a set; "directional" unless given.
    notices, false_alarms: how many NOTICEs and ALARMs of a healthy machine are acceptable, in words; "1/week"
    and "1/year", or what add_to was trained for, unless given.
    detector: "mahalanobis"; "autoencoder", the best of so many seeds, beside it; or what makes another
    Baseline, given a feature set, the least deviation that is believed of one, and the hop over a window.
    add_to: a model beside whose detector the autoencoder is put.
    train_on: "all", or the "first-half" of each recording.
    progress: is told each Step.
    Raises JudderError, and ModelError where the model is more than a board takes.
    """
    make, weigher = _makers(detector, seeds, add_to is not None, progress)
    progress(Step(READING))
    windows = windows_of(data, normal, sample_rate_hz=sample_rate_hz, window_len=window_len, hop=hop)
    windows = _part(windows, train_on)
    base = None if add_to is None else as_model(add_to)
    if base:
        check_fits(base, windows, features)
        assert weigher is not None
        return add_second(base, weigher, windows, name, progress)
    options = TrainingOptions(
        name,
        parse_wish(NOTICE_WISH if notices is None else notices),
        parse_wish(ALARM_WISH if false_alarms is None else false_alarms),
        FEATURES if features is None else features,
        make,
        weigher,
    )
    fitted = fit(windows, options, progress)
    return TrainedModel.of(describe(fitted), advise(fitted), windows)


def _makers(
    detector: str | MakeBaseline | None, seeds: int, beside: bool, progress: Progress
) -> tuple[MakeBaseline, Weigher | None]:
    """Return what makes the baseline, and what weighs its distances, if any; beside: in a model that has one.

    Raises JudderError for no kind.
    """
    if callable(detector):
        return detector, None
    if beside and detector == MahalanobisDetector.kind:
        raise JudderError(
            f"What is added to a model is an autoencoder, no {detector}.",
            hint="Leave out which detector it is.",
        )
    kind = detector or (AutoencoderDetector.kind if beside else MahalanobisDetector.kind)
    if kind == MahalanobisDetector.kind:
        return MahalanobisDetector, None
    if kind == AutoencoderDetector.kind:
        weigher = AutoencoderDetector(seeds, progress=lambda share: progress(Step(FITTING, share)))
        return MahalanobisDetector, weigher
    kinds = MahalanobisDetector.kind, AutoencoderDetector.kind
    raise JudderError(f"There is no detector {kind}.", hint=f"There are: {', '.join(kinds)}.")


def _part(windows: Windows, train_on: str) -> Windows:
    """Return the windows to train on. Raises JudderError for no such part."""
    if train_on not in (ALL, FIRST_HALF):
        raise JudderError(
            f"{train_on!r} is no part of a recording to train on.", hint=f"Name {ALL} or {FIRST_HALF}."
        )
    return first_half(windows) if train_on == FIRST_HALF else windows
