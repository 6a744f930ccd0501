"""What was fitted, as the document that becomes a model file."""

from datetime import UTC, datetime
from typing import Any

import numpy as np
from judder_core import fit
from judder_core.autoencoder import Layer
from numpy.typing import NDArray

from judder import __version__
from judder.data.windows import Windows
from judder.detectors.base import Learned
from judder.model import document as written
from judder.model.evidence import MOST_DISTURBED, WINDOWS_COMBINED
from judder.quality.samples import GRAVITY_G
from judder.training.drift import HORIZON, Drift
from judder.training.fitting import Fitted

Floats = NDArray[np.float64]

ALERT_OF, ALERT_LAST, ALERT_CLEAR = 1, WINDOWS_COMBINED, 0
"""An alert comes when 1 of the last verdicts is strange, and ends when none is."""
RANKS, WINDOW_RANKS = 48, 24
LEAST_POSE_TOLERANCE_G = 0.05


def describe(fitted: Fitted) -> written.Document:
    """Return the document of a model of one detector."""
    windows = fitted.measured.windows
    entry = _entry(fitted)
    return written.Document(
        name=fitted.options.name,
        created=datetime.now(UTC).isoformat(timespec="seconds"),
        provenance=_provenance(fitted, entry),
        signal=written.Signal(sample_rate_hz=windows.sample_rate_hz, window_len=windows.window_len),
        detectors=(entry,),
        decision=_decision(fitted),
        disturbance=written.Disturbance(limit_g=fitted.disturbed_g),
        drift=_drift(fitted.drift),
        pose=_pose(fitted.measured.pose[fitted.fit_on]),
        golden=_golden(fitted),
    )


def _entry(fitted: Fitted) -> written.DetectorEntry:
    learned, calibrated = fitted.detector.learned(), fitted.calibrated
    mean, std = _plain(learned.mean), _plain(learned.std)
    network = learned.network
    return written.DetectorEntry(
        kind=fitted.detector.kind,
        features=written.Scaling(set=fitted.options.features, mean=mean, std=std),
        parameters=_parameters(learned),
        training=written.Proof.model_validate(network.training) if network else None,
        calibration=_table(calibrated.combined, RANKS),
        window_calibration=_table(calibrated.scores, WINDOW_RANKS),
        threshold=calibrated.threshold,
        combined_threshold=calibrated.combined_threshold,
    )


def _parameters(learned: Learned) -> written.Gaussians | written.Network:
    modes = tuple(
        written.Mode(name=name, mean=_plain(mean), whitening=_plain(packed))
        for name, mean, packed in learned.modes
    )
    network = learned.network
    if network is None:
        return written.Gaussians(modes=modes)
    layers = tuple(_layer(layer) for layer in network.layers)
    return written.Network(modes=modes, limit=network.limit, gain=network.gain, layers=layers)


def _layer(layer: Layer) -> written.Layer:
    return written.Layer(
        weights=_plain(layer.weights),
        scale=layer.scale,
        bias=_plain(layer.bias),
        activation="relu" if layer.relu else "linear",
    )


def _plain(values: Any) -> tuple[Any, ...]:
    """Return the numbers of an array, row after row."""
    return tuple(np.asarray(values).ravel().tolist())


def _table(scores: Floats, ranks: int) -> written.Table:
    table = fit.calibrate(scores.tolist(), ranks)
    return written.Table(windows=table.windows, scores=_plain(table.scores), p_values=_plain(table.p_values))


def _provenance(fitted: Fitted, entry: written.DetectorEntry) -> written.Training:
    windows = fitted.measured.windows
    return written.Training(
        judder=__version__,
        conditions=tuple(dict.fromkeys(windows.condition.tolist())),
        recordings=_rows_used(windows),
        windows=written.Shares(fit=int(fitted.fit_on.sum()), calibrate=int(fitted.calibrate_on.sum())),
        seed=entry.training.seed if entry.training else None,
    )


def _rows_used(windows: Windows) -> tuple[written.Rows, ...]:
    """Return which rows of which recordings were used, with a fingerprint to know them again."""
    used = []
    for recording in windows.recordings:
        mine = (windows.condition == recording.condition) & (windows.recording == recording.name)
        if not mine.any():
            continue
        start = int(windows.start_row[mine].min())
        stop = int(windows.start_row[mine].max()) + windows.window_len
        used.append(
            written.Rows(
                condition=recording.condition,
                recording=recording.name,
                rows=(start, stop),
                fingerprint=recording.fingerprint(start, stop),
            )
        )
    return tuple(used)


def _decision(fitted: Fitted) -> written.Decision:
    calibrated = fitted.calibrated
    return written.Decision(
        false_alarms=written.FalseAlarms(
            wished=fitted.wish.text,
            wished_per_window=calibrated.per_window,
            achievable_per_window=calibrated.achievable,
        ),
        windows=WINDOWS_COMBINED,
        most_disturbed=MOST_DISTURBED,
        m=ALERT_OF,
        n=ALERT_LAST,
        clear=ALERT_CLEAR,
        seconds=WINDOWS_COMBINED * fitted.measured.windows.step_s,
    )


def _drift(drift: Drift) -> written.DriftSeen:
    return written.DriftSeen(before=drift.before, after=drift.after, allowed_until=HORIZON)


def _pose(poses: Floats) -> written.Pose | None:
    """Return the mean direction of gravity, and how far from it still is the same mounting.

    None where there is no gravity: then the mean of a window says nothing of the mounting.
    """
    mean = poses.mean(axis=0)
    if not GRAVITY_G[0] <= float(np.linalg.norm(mean)) <= GRAVITY_G[1]:
        return None
    farthest = float(np.linalg.norm(poses - mean, axis=1).max())
    x, y, z = mean.tolist()
    return written.Pose(mean=(x, y, z), tolerance=max(LEAST_POSE_TOLERANCE_G, 1.5 * farthest))


def _golden(fitted: Fitted) -> tuple[written.Golden, ...]:
    """Return the strangest of the normal windows held out, for every runtime to recompute."""
    measured = fitted.measured.select(fitted.calibrate_on)
    windows = measured.windows
    if windows.samples.dtype != np.int16:
        return ()
    scores = fitted.detector.score(measured.features)
    k = int(np.argmax(scores))
    golden = written.Golden(
        counts=_plain(windows.samples[k]),
        scale_g=float(windows.scale_g[k]),
        features=_plain(measured.features[k]),
        score=float(scores[k]),
    )
    return (golden,)
