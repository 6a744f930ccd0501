"""What was fitted, as the document that becomes a model file."""

from datetime import UTC, datetime
from typing import Any

import numpy as np
from judder_core import fit
from judder_core.autoencoder import Layer
from judder_core.decision import ALARM, NOTICE
from judder_core.errors import ModelError

from judder.detectors.base import Floats, Metric, Weigher
from judder.detectors.mahalanobis import MahalanobisDetector
from judder.model import document as written
from judder.model import document_parts as parts
from judder.model.encoding import plain
from judder.model.evidence import MOST_DISTURBED
from judder.training.describe_modes import common_bounds, modes_of
from judder.training.false_alarms import Wish
from judder.training.fitting import EVIDENCE, Fitted
from judder.training.golden import strangest
from judder.training.provenance import provenance_of
from judder.training.thresholds import Scores, window_threshold

REACHED_BY, OF_LAST, CLEAR = 1, 5, 0
"""A level is reached when 1 of the last windows is at it, and left when none is."""
RANKS, WINDOW_RANKS = 48, 24
LEAST_POSE_TOLERANCE_G = 0.05


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
    shapes, modes = modes_of(fitted, metrics)
    return written.Document(
        name=fitted.options.name,
        created=datetime.now(UTC).isoformat(timespec="seconds"),
        provenance=provenance_of(fitted),
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
        weights=plain(layer.weights),
        scale=layer.scale,
        bias=plain(layer.bias),
        activation="relu" if layer.relu else "linear",
    )


def _table(scores: Floats, ranks: int) -> parts.Table:
    table = fit.calibrate(scores.tolist(), ranks)
    return parts.Table(windows=table.windows, scores=plain(table.scores), p_values=plain(table.p_values))


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
