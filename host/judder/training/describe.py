"""What was fitted, as the document that becomes a model file."""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

import numpy as np
from judder_core import fit
from judder_core.autoencoder import Layer
from judder_core.decision import ALARM, NOTICE
from judder_core.errors import ModelError

from judder import __version__
from judder.data.windows import Windows
from judder.detectors.base import Floats, Metric, Weigher
from judder.detectors.mahalanobis import MahalanobisDetector
from judder.model import document as written
from judder.model import document_parts as parts
from judder.model.evidence import MOST_DISTURBED
from judder.training.false_alarms import Wish
from judder.training.fitting import EVIDENCE, Fitted
from judder.training.golden import strangest
from judder.training.mode_names import name_modes
from judder.training.thresholds import Scores, window_threshold

REACHED_BY, OF_LAST, CLEAR = 1, 5, 0
"""A level is reached when 1 of the last windows is at it, and left when none is."""
RANKS, WINDOW_RANKS = 48, 24
LEAST_POSE_TOLERANCE_G = 0.05
LARGEST = 32767


def describe(fitted: Fitted) -> written.Document:
    """Return the document of a model of one detector; longer means are left out where they find no room."""
    metrics = fitted.metrics
    while True:
        document = _document(fitted, metrics)
        try:
            document = document.but(golden=strangest(fitted, document))
            document.to_bytes()
            return document
        except ModelError:
            if len(metrics) == len(EVIDENCE):
                raise
            metrics = metrics[:-1]


def _document(fitted: Fitted, metrics: tuple[Metric, ...]) -> written.Document:
    windows = fitted.measured.windows
    shapes, modes = _modes(fitted, metrics)
    return written.Document(
        name=fitted.options.name,
        created=datetime.now(UTC).isoformat(timespec="seconds"),
        provenance=_provenance(fitted),
        signal=parts.Signal(sample_rate_hz=windows.sample_rate_hz, window_len=windows.window_len),
        features=written.Features(set=fitted.options.features),
        pose=_pose(fitted),
        disturbance=parts.Disturbance(limit_g=fitted.disturbed_g),
        standstill=None if fitted.standstill_g is None else written.Standstill(limit_g=fitted.standstill_g),
        metrics=tuple(
            written.Metric(level="alarm" if m.level == ALARM else "notice", windows=m.windows)
            for m in metrics
        ),
        shapes=shapes,
        modes=modes,
        detectors=(_entry(fitted),),
        decision=_decision(fitted),
    )


def common_bounds(fitted: Fitted) -> dict[int, float]:
    """Return the threshold of each level: matrices are scaled so that one serves all modes and means."""
    return {metric.level: float(np.median(fitted.bounds[metric])) for metric in EVIDENCE}


def _modes(
    fitted: Fitted, metrics: tuple[Metric, ...]
) -> tuple[tuple[written.Shape, ...], tuple[written.Mode, ...]]:
    shapes: list[written.Shape] = []
    placed: list[list[written.Placed]] = [[] for _ in fitted.baseline.names_]
    common = common_bounds(fitted)
    for metric in metrics:
        factors = common[metric.level] / fitted.bounds[metric]
        for mode, (shape, stretch) in enumerate(_matrices(fitted.baseline, metric, factors)):
            if shape is not None:
                shapes.append(shape)
            placed[mode].append(written.Placed(shape=len(shapes) - 1, stretch=stretch))
    baseline: Any = fitted.baseline
    names = name_modes(fitted)
    modes = tuple(
        written.Mode(
            name=names[k].name,
            condition=names[k].condition,
            sessions=baseline.sessions_[k],
            windows=baseline.windows_[k],
            speed_hz=names[k].speed_hz,
            mean=_plain(baseline.means_[k]),
            metrics=tuple(placed[k]),
        )
        for k in range(len(baseline.names_))
    )
    return tuple(shapes), modes


def _matrices(
    baseline: Any, metric: Metric, factors: Floats
) -> Iterable[tuple[written.Shape | None, tuple[float, ...] | None]]:
    """Yield for each mode (its own matrix, or None where it shares the first one's; its stretch)."""
    if not (isinstance(baseline, MahalanobisDetector) and baseline.is_shared):
        for w, factor in zip(baseline.whitening(metric), factors, strict=True):
            yield whole(w * factor), None
        return
    shape, stretches = baseline.shared(metric)
    for mode, (stretch, factor) in enumerate(zip(stretches, factors, strict=True)):
        yield (whole(shape) if mode == 0 else None), _plain(stretch * factor)


def whole(whitening: Floats) -> written.Shape:
    """Return a whitening matrix in whole numbers of 16 bits, each column times its scale."""
    scales = np.float32(np.abs(whitening).max(axis=0) / LARGEST)
    numbers = np.rint(whitening / scales)
    columns = [numbers[: j + 1, j] for j in range(len(whitening))]
    return written.Shape(scales=_plain(scales), whitening=_plain(np.concatenate(columns)))


def entry_of(
    weigher: Weigher | None, window: Floats, notice: Floats, thresholds: written.Thresholds
) -> written.DetectorEntry:
    """Return the entry of a detector. window, notice: its scores of unseen normal windows and of the evidence
    for a notice.
    """
    network = weigher and weigher.network()
    return written.DetectorEntry(
        kind=weigher.kind if weigher else MahalanobisDetector.kind,
        parameters=_network(network) if network else written.Nothing(),
        training=parts.Proof.model_validate(network.training) if network else None,
        thresholds=thresholds,
        window_calibration=_table(window, WINDOW_RANKS),
        calibration=_table(notice, RANKS),
    )


def _entry(fitted: Fitted) -> written.DetectorEntry:
    """Return the entry of the one detector, whose scores are as the model's matrices scale them."""
    common, unseen = common_bounds(fitted), fitted.unseen
    scale = {metric: common[metric.level] / fitted.bounds[metric] for metric in EVIDENCE}
    first = EVIDENCE[0]
    window = unseen.window * float(np.median(scale[first]))
    notice = unseen.unseen[first].score * scale[first][unseen.unseen[first].mode]
    thresholds = written.Thresholds(
        window=window_threshold(window), notice=common[NOTICE], alarm=common[ALARM]
    )
    return entry_of(fitted.weigher, window, notice, thresholds)


def _network(network: Any) -> written.Network:
    layers = tuple(_layer(layer) for layer in network.layers)
    return written.Network(limit=network.limit, gain=network.gain, layers=layers)


def _layer(layer: Layer) -> parts.Layer:
    return parts.Layer(
        weights=_plain(layer.weights),
        scale=layer.scale,
        bias=_plain(layer.bias),
        activation="relu" if layer.relu else "linear",
    )


def _plain(values: Any) -> tuple[Any, ...]:
    """Return the numbers of an array, row after row."""
    return tuple(np.asarray(values).ravel().tolist())


def _table(scores: Floats, ranks: int) -> parts.Table:
    table = fit.calibrate(scores.tolist(), ranks)
    return parts.Table(windows=table.windows, scores=_plain(table.scores), p_values=_plain(table.p_values))


def _provenance(fitted: Fitted) -> parts.Training:
    windows = fitted.measured.windows
    network = fitted.weigher and fitted.weigher.network()
    return parts.Training(
        judder=__version__,
        conditions=tuple(dict.fromkeys(windows.condition.tolist())),
        recordings=rows_used(windows),
        windows=parts.Shares(fit=int(fitted.used.sum()), calibrate=len(fitted.unseen.window)),
        seed=int(network.training["seed"]) if network else None,
        answers=(),
    )


def rows_used(windows: Windows) -> tuple[parts.Rows, ...]:
    """Return which rows of which recordings were used, with a fingerprint to know them again."""
    used = []
    for recording in windows.recordings:
        mine = (windows.condition == recording.condition) & (windows.recording == recording.name)
        if not mine.any():
            continue
        start = int(windows.start_row[mine].min())
        stop = int(windows.start_row[mine].max()) + windows.window_len
        used.append(
            parts.Rows(
                condition=recording.condition,
                recording=recording.name,
                session=str(windows.group[mine][0]),
                rows=(start, stop),
                fingerprint=recording.fingerprint(start, stop),
            )
        )
    return tuple(used)


def _decision(fitted: Fitted) -> written.Decision:
    return written.Decision(
        notices=_wish(fitted.options.notices, fitted.unseen, EVIDENCE[0]),
        false_alarms=_wish(fitted.options.false_alarms, fitted.unseen, EVIDENCE[1]),
        most_disturbed=MOST_DISTURBED,
        m=REACHED_BY,
        n=OF_LAST,
        clear=CLEAR,
        seconds=EVIDENCE[0].windows * fitted.unseen.step_s,
    )


def _wish(wish: Wish, unseen: Scores, metric: Metric) -> parts.FalseAlarms:
    wished = wish.per_window(unseen.step_s)
    return parts.FalseAlarms(
        wished=wish.text,
        wished_per_window=wished,
        achievable_per_window=max(wished, 1 / (len(unseen.unseen[metric].score) + 1)),
    )


def _pose(fitted: Fitted) -> parts.Pose | None:
    """Return how the sensor hung, and how far from it still is the same mounting: as far as the recordings'
    means lie from each other.
    """
    if fitted.pose is None:
        return None
    measured = fitted.measured
    groups = [measured.pose[mine].mean(axis=0) for mine in measured.windows.by_recording()]
    farthest = max(float(np.linalg.norm(mean - fitted.pose)) for mean in groups)
    return parts.Pose(mean=fitted.pose, tolerance=LEAST_POSE_TOLERANCE_G + farthest)
