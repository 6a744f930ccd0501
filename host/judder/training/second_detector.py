"""Two detectors in one model file: the board's own, and the host's for when the board is not sure."""

from collections.abc import Mapping
from typing import Any, Self, cast

import numpy as np
from judder_core.decision import ALARM, LEVELS, NOTICE
from judder_core.model import Detector
from judder_core.model import Model as CoreModel

from judder.data.windows import Windows
from judder.detectors.base import Baseline, Floats, Metric, Rows, Weigher, fit_weigher, nearest
from judder.errors import JudderError
from judder.model import document as written
from judder.model.document_parts import Training
from judder.model.evidence import Measured, measure
from judder.model.model import Model, TrainedModel
from judder.training.describe import entry_of
from judder.training.false_alarms import ALARM_WISH, NOTICE_WISH, parse_wish
from judder.training.fitting import (
    EVIDENCE,
    TrainingOptions,
    calibrate,
    hop_share_of,
    is_running,
    limits,
    moves,
)
from judder.training.golden import golden
from judder.training.progress import CALIBRATING, FITTING, MEASURING, Progress, Step
from judder.training.provenance import rows_used
from judder.training.thresholds import Scores, window_threshold

GREY_P_VALUE = 0.10
"""The grey zone begins where one in ten of the normal windows held out scores higher."""
GREY_FACTOR = 1.25
"""It ends this far above the threshold, a quarter as in ISO 20816-1, and begins no nearer below it."""


def check_fits(base: Model, windows: Windows, features: str | None) -> None:
    """Raise JudderError unless an autoencoder of windows can be put into base."""
    core: Any = base.core
    misfit = core.fits(windows.window_len, windows.sample_rate_hz)
    if misfit:
        raise JudderError(
            f"The {misfit}.",
            hint=f"Cut them so (--window-len {core.window_len}), or add to a model of such windows.",
        )
    if core.version == 1:
        raise JudderError(
            f"Model {core.model_id} is of version 1, which has one level and none to add to.",
            hint="Train a model to add to on recordings: judder train",
        )
    if len(core.detectors) > 1:
        raise JudderError(
            f"Model {core.model_id} has two detectors already.",
            hint="Add to the model that the first was trained into.",
        )
    if features not in (None, core.feature_set):
        raise JudderError(
            f"Model {core.model_id} sees the features {core.feature_set}, and so does what is added.",
            hint="Leave out --features.",
        )


def add_to(base: Model, weigher: Weigher, windows: Windows, name: str, progress: Progress) -> TrainedModel:
    """Return base, called name, with an autoencoder of windows as its second detector and a grey zone for its
    first.

    All else stays base's. The autoencoder is calibrated beside base's own detector: on windows that base may
    know, its thresholds are as much above that detector's as they are there. Raises ModelError where both are
    too much for a board.
    """
    progress(Step(MEASURING))
    stored, rows = known_to(base, windows)
    progress(Step(FITTING))
    fitted = fit_weigher(weigher, stored, rows, EVIDENCE[0])
    assert fitted is not None
    progress(Step(CALIBRATING))
    document = _document(base)
    (first,) = document.detectors
    second = _second(first, fitted, _beside(stored, rows, fitted, windows), _options(document, name))
    return _with_second(base, second, windows, name)


def known_to(base: Model, windows: Windows) -> tuple[Baseline, Rows]:
    """Return (the baseline that base has; the windows in which the machine runs undisturbed, each of the mode
    that is nearest to it).
    """
    measured = _running(cast(CoreModel, base.core), windows)
    stored = _Stored(_document(base))
    mode, _ = nearest(stored, measured.features, stored.whitening(EVIDENCE[0]))
    return stored, Rows(measured.features, np.array(stored.names_)[mode], measured.windows.group)


def _document(base: Model) -> written.Document:
    assert isinstance(base.document, written.Document)  # check_fits() let no other through
    return base.document


def _beside(stored: Baseline, rows: Rows, weigher: Weigher, windows: Windows) -> tuple[Scores, Scores]:
    """Return the scores of windows that were not fitted: as base's detector has them, and the weigher's."""
    hop_share, step_s = hop_share_of(windows), windows.step_s
    plain = calibrate(rows, stored, None, EVIDENCE, hop_share, step_s)
    return plain, calibrate(rows, stored, weigher, EVIDENCE, hop_share, step_s)


def _with_second(base: Model, second: written.DetectorEntry, windows: Windows, name: str) -> TrainedModel:
    document = _document(base)
    (first,) = document.detectors
    joint = document.but(
        name=name,
        provenance=_joined(document.provenance, windows, second),
        detectors=(first.but(grey_zone=grey_zone(base.core.detectors[0])), second),
    )
    trained = TrainedModel.of(joint, (), windows)
    seen = tuple(_seen_by_second(cast(CoreModel, trained.core), each) for each in document.golden)
    return TrainedModel.of(joint.but(golden=document.golden + seen), (), windows)


def grey_zone(detector: Detector) -> tuple[float, float]:
    """Return the combined scores between which the host is asked: (lower, upper)."""
    table, threshold = detector.calibration, detector.combined_threshold
    rare = [score for score in table.scores if table.p_value(score) <= GREY_P_VALUE]
    lower = min(rare[0] if rare else threshold, threshold / GREY_FACTOR)
    return float(lower), float(threshold * GREY_FACTOR)


class _Stored:
    """The baseline that a model file holds; it learns nothing more."""

    def __init__(self, document: written.Document) -> None:
        self.names_ = [mode.name for mode in document.modes]
        self.means_ = np.array([mode.mean for mode in document.modes])
        self.windows_ = [mode.windows for mode in document.modes]
        self.sessions_ = [mode.sessions for mode in document.modes]
        metrics = [Metric(LEVELS.index(metric.level), metric.windows) for metric in document.metrics]
        self._whitening: Mapping[Metric, list[Floats]] = {
            metric: [_matrix(document, mode.metrics[k]) for mode in document.modes]
            for k, metric in enumerate(metrics)
        }

    def fit(self, rows: Rows) -> Self:
        return self

    def fresh(self) -> Self:
        return self

    def whitening(self, metric: Metric) -> list[Floats]:
        return self._whitening[metric]


def _matrix(document: written.Document, placed: written.Placed) -> Floats:
    shape = document.shapes[placed.shape]
    size = len(shape.scales)
    matrix = np.zeros((size, size))
    matrix.T[np.tril_indices(size)] = shape.whitening  # column by column of the upper triangle
    matrix *= shape.scales
    return matrix if placed.stretch is None else np.array(placed.stretch)[:, None] * matrix


def _running(core: CoreModel, windows: Windows) -> Measured:
    """Return what is measured of the windows in which the machine runs undisturbed."""
    measured = measure(windows, core.feature_set, core.pose_mean)
    return measured.select(is_running(measured, core.disturbed_g, core.standstill_g) & moves(measured))


def _options(document: written.Document, name: str) -> TrainingOptions:
    wishes = document.decision
    return TrainingOptions(
        name,
        parse_wish(wishes.notices.wished or NOTICE_WISH),
        parse_wish(wishes.false_alarms.wished or ALARM_WISH),
    )


def _second(
    first: written.DetectorEntry, weigher: Weigher, beside: tuple[Scores, Scores], options: TrainingOptions
) -> written.DetectorEntry:
    """Return the entry of the autoencoder, its thresholds relative to those of the first detector.

    beside: the scores of both.
    """
    plain, weighed = beside
    modes = 1 + max(int(each.mode.max()) for each in plain.unseen.values())
    theirs, ours = limits(plain, modes, options), limits(weighed, modes, options)
    factors = {metric.level: ours[metric] / theirs[metric] for metric in EVIDENCE}
    thresholds = written.Thresholds(
        window=first.thresholds.window * window_threshold(weighed.window) / window_threshold(plain.window),
        notice=first.thresholds.notice * float(factors[NOTICE].max()),
        alarm=first.thresholds.alarm * float(factors[ALARM].max()),
    )
    notice = weighed.unseen[EVIDENCE[0]]
    known = (first.thresholds.notice / theirs[EVIDENCE[0]])[notice.mode]
    return entry_of(weigher, weighed.window, notice.score * known, thresholds)


def _joined(ours: Any, windows: Windows, second: written.DetectorEntry) -> Training:
    """Return ours, with the recordings that only the second detector was trained on."""
    assert isinstance(ours, Training)
    conditions = windows.condition.tolist()
    return ours.but(
        conditions=tuple(dict.fromkeys([*ours.conditions, *conditions])),
        recordings=tuple(dict.fromkeys([*ours.recordings, *rows_used(windows)])),
        seed=second.training.seed if second.training else None,
    )


def _seen_by_second(core: CoreModel, seen: written.Golden) -> written.Golden:
    """Return a golden window as the second detector sees it; the counts stand in the first's."""
    counts = np.array(seen.counts, np.int16)
    return golden(core, 1, counts, seen.scale_g, with_counts=False)
