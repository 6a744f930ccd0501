"""The reference's Mahalanobis models as artefacts."""

import zipfile
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from judder_core import fit
from numpy.typing import NDArray
from scipy import stats

from judder import __version__
from judder.errors import JudderError
from judder.model.document_parts import Disturbance, FalseAlarms, Import, Signal, Table
from judder.model.document_v1 import Decision, DetectorEntry, DocumentV1, Gaussians, Mode, Scaling

Floats = NDArray[np.float64]

SIZE = 3
P_THRESHOLD = 0.001
P_VALUES = (0.5, 0.2, 0.1, 0.05, 0.02, 0.01, 0.005, 0.002, 0.001)


def convert(
    path: Path, name: str, *, sample_rate_hz: float, window_len: int, threshold: float | None
) -> bytes:
    """Return an artefact of the reference's .npz: model_mu (3,), model_cov (3, 3) of MADs in g.

    Its thresholds were typed by hand, in squared distances; here the chi distribution of 3 degrees of
    freedom gives p-values, as if its normal windows had been Gaussian, and the artefact says so.
    Raises JudderError for other arrays.
    """
    mean, covariance = _read(path)
    limit = threshold if threshold is not None else float(stats.chi(SIZE).isf(P_THRESHOLD))
    document = DocumentV1(
        name=name,
        created=datetime.now(UTC).isoformat(timespec="seconds"),
        provenance=Import(
            judder=__version__,
            conditions=("normal",),
            imported=path.name,
            calibration="assumed: chi distribution, 3 degrees of freedom",
        ),
        signal=Signal(sample_rate_hz=sample_rate_hz, window_len=window_len),
        detectors=(_detector(mean, covariance, limit),),
        decision=_decision(5 * window_len / sample_rate_hz),
        disturbance=Disturbance(limit_g=1000.0),
    )
    return document.to_bytes()


def _detector(mean: Floats, covariance: Floats, limit: float) -> DetectorEntry:
    std = np.sqrt(np.diag(covariance))
    packed = fit.whitening((covariance / np.outer(std, std)).tolist())
    mode = Mode(name="normal", mean=(0.0,) * SIZE, whitening=tuple(packed))
    scores = tuple(float(stats.chi(SIZE).isf(p)) for p in P_VALUES)
    table = Table(windows=round(1 / P_VALUES[-1]), scores=scores, p_values=P_VALUES)
    return DetectorEntry(
        kind="mahalanobis",
        features=Scaling(set="mad", mean=tuple(mean.tolist()), std=tuple(std.tolist())),
        parameters=Gaussians(modes=(mode,)),
        calibration=table,
        window_calibration=table,
        threshold=limit,
        combined_threshold=limit,
    )


def _decision(seconds: float) -> Decision:
    return Decision(
        false_alarms=FalseAlarms(achievable_per_window=P_THRESHOLD),
        windows=1,  # the reference judges each window alone
        most_disturbed=0,
        m=3,
        n=5,
        clear=0,
        seconds=seconds,
    )


def _read(path: Path) -> tuple[Floats, Floats]:
    if not path.exists():
        raise JudderError(f"There is no {path}.", hint="Give the .npz that the reference's notebook saved.")
    try:
        with np.load(path, allow_pickle=False) as arrays:
            found = {key: arrays[key].astype(np.float64) for key in ("model_mu", "model_cov")}
    except (KeyError, ValueError, OSError, zipfile.BadZipFile) as error:
        raise JudderError(
            f"{path} is no model of the reference: {error}.",
            hint="It needs the arrays model_mu and model_cov.",
        ) from error
    mean, covariance = found["model_mu"], found["model_cov"]
    right = mean.shape == (SIZE,) and covariance.shape == (SIZE, SIZE)
    if not right or not np.isfinite(covariance).all() or np.linalg.eigvalsh(covariance).min() <= 0:
        raise JudderError(
            f"{path} holds model_mu {mean.shape} and model_cov {covariance.shape}; expected (3,) and a"
            " positive definite (3, 3).",
            hint="Train anew from its recordings: judder train",
        )
    return mean, covariance
