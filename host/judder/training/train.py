"""From recordings to a model: the one way, which the command line, the server and notebooks take."""

from collections.abc import Iterable
from functools import partial
from pathlib import Path

from judder.data.sources import Source, first_half, windows_of
from judder.data.windows import Windows
from judder.detectors import AutoencoderDetector, MahalanobisDetector
from judder.detectors.autoencoder import SEEDS
from judder.errors import JudderError
from judder.model.model import Model, TrainedModel, as_model
from judder.training.describe import describe
from judder.training.fitting import FEATURES, SHARES, MakeDetector, TrainingOptions, fit
from judder.training.progress import FITTING, READING, Progress, Step, silent
from judder.training.second_detector import add_to as add_second
from judder.training.second_detector import check_fits

WISH = "1/week"
ALL, FIRST_HALF = "all", "first-half"


def train(
    data: Source,
    normal: str | Iterable[str] = (),
    *,
    name: str = "model",
    features: str = FEATURES,
    false_alarms: str | None = None,
    detector: str | MakeDetector | None = None,
    seeds: int = SEEDS,
    add_to: Model | str | Path | None = None,
    train_on: str = ALL,
    shares: tuple[int, int] = SHARES,
    sample_rate_hz: float | None = None,
    window_len: int | None = None,
    hop: int | None = None,
    progress: Progress = silent,
) -> TrainedModel:
    """Return a model of the normal machine; its warnings and notes tell what it cannot promise.

    data: a path, recordings, windows, or samples in g, as judder.data.sources.Source says.
    normal: the conditions to train on, all unless given; each is an operating mode, or several.
    features: the name of a set.
    false_alarms: how many are acceptable, in words; "1/week", or what add_to was trained for, unless given.
    detector: "mahalanobis"; "autoencoder", the best of so many seeds; or what makes an unfitted one, given
    the least deviation of a feature that is believed.
    add_to: a model whose detector the autoencoder is put beside.
    train_on: "all", or the "first-half" of each recording.
    shares: of each recording, what is fitted and, later in time, what calibrates.
    progress: is told each Step.
    Raises JudderError, and ModelError where the model is more than a board takes.
    """
    make = _maker(detector, seeds, add_to is not None, progress)
    progress(Step(READING))
    windows = windows_of(data, normal, sample_rate_hz=sample_rate_hz, window_len=window_len, hop=hop)
    windows = _part(windows, train_on)
    base = None if add_to is None else as_model(add_to)
    if base:
        check_fits(base.core, windows)
    wish = ((base and base.wished) or WISH) if false_alarms is None else false_alarms
    fitted = fit(windows, TrainingOptions(name, features, wish, shares, make), progress)
    model = TrainedModel.of(describe(fitted), fitted.warnings(), windows)
    return add_second(base, model, name) if base else model


def _maker(detector: str | MakeDetector | None, seeds: int, beside: bool, progress: Progress) -> MakeDetector:
    """Return what makes the detector; beside: in a model that has one. Raises JudderError for no kind."""
    if callable(detector):
        return detector
    if beside and detector == MahalanobisDetector.kind:
        raise JudderError(
            f"What is added to a model is an autoencoder, no {detector}.",
            hint="Leave out which detector it is.",
        )
    kind = detector or (AutoencoderDetector.kind if beside else MahalanobisDetector.kind)
    kinds: dict[str, MakeDetector] = {
        MahalanobisDetector.kind: MahalanobisDetector,
        AutoencoderDetector.kind: partial(
            AutoencoderDetector, seeds=seeds, progress=lambda share: progress(Step(FITTING, share))
        ),
    }
    if kind not in kinds:
        raise JudderError(f"There is no detector {kind}.", hint=f"There are: {', '.join(kinds)}.")
    return kinds[kind]


def _part(windows: Windows, train_on: str) -> Windows:
    """Return the windows to train on. Raises JudderError for no such part."""
    if train_on not in (ALL, FIRST_HALF):
        raise JudderError(
            f"{train_on!r} is no part of a recording to train on.", hint=f"Name {ALL} or {FIRST_HALF}."
        )
    return first_half(windows) if train_on == FIRST_HALF else windows
