"""A model tried before it is put to use: whatever a sensor sends, it comes to a verdict, and it can alarm.

A file may be whole, fit its golden windows, and still break what judges by it, or never say a word: one whose
thresholds no fault reaches, say.
"""

import json
from collections.abc import Sequence
from typing import Any

import numpy as np
from judder_core import model_file
from judder_core.decision import ALARM
from judder_core.errors import CoreError, ModelError
from judder_core.model import AnyModel
from numpy.typing import NDArray

from judder.data.windows import Windows
from judder.engine import numeric_numpy
from judder.model import document
from judder.model.document import AnyDocument
from judder.model.scoring import Scored, score_windows

Counts = NDArray[np.int16]
USUAL_SCALE_G = 1 / 4096
CALM, DEAD, CLIPPED, SHAKEN = 5, 2, 2, 40
"""Windows of each kind, one after the other."""
SHAKEN_G = 1.0
"""How far the strongest samples are from the mean: hundreds of times what a fan on its foot shows."""


def check_whole(data: bytes) -> AnyModel:
    """Return the model in data, after everything that can be told from its file. Raises ModelError.

    Its size is what a board takes, its keys and ranges are right, its golden windows come to their scores,
    and it passes rehearse().
    """
    if len(data) > model_file.MAX_BYTES:
        raise ModelError(
            f"Model has {len(data)} bytes; boards take {model_file.MAX_BYTES}.",
            "Train on fewer conditions, or another feature set.",
        )
    try:
        json.loads(data, parse_constant=_no_number)
        with np.errstate(all="ignore"):  # what overflows fits no golden window
            model: AnyModel = model_file.load(data, numeric_numpy)
        made = document.read(data)
    except ModelError as error:
        raise ModelError(str(error), error.hint or "Make one with: judder train") from error
    except (ValueError, RecursionError) as error:
        raise ModelError(f"Model file is no JSON: {error}.", "Copy the file again.") from error
    rehearse(model, made)
    return model


def _no_number(name: str) -> None:
    """Refuse NaN and Infinity, which Python's JSON has and nobody else's."""
    raise ValueError(f"{name} is no number")


def rehearse(model: AnyModel, made: AnyDocument) -> None:
    """Judge by each detector what a sensor may send. Raises ModelError where no verdict comes of it, or where
    a machine that shakes itself to pieces is no alarm.
    """
    windows, last = _windows(model, made), slice(-SHAKEN // 2, None)
    for detector in model.detectors:
        try:
            with np.errstate(all="ignore"):  # what overflows is found below
                scored = score_windows(model, windows, detector)
        except (CoreError, ArithmeticError, LookupError, TypeError, ValueError) as error:
            raise ModelError(f"Model {model.model_id} cannot judge: {error}.", "Train it again.") from error
        known = [*scored.score, *scored.combined_score[last]]
        if not np.isfinite(known).all():
            raise ModelError(f"Model {model.model_id} comes to no score.", "Train it again.")
        if not _alarms(model, detector, scored)[last].all():
            raise ModelError(
                f"Model {model.model_id} never alarms, however a machine shakes.", "Train it again."
            )


def _alarms(model: AnyModel, detector: Any, scored: Scored) -> NDArray[np.bool_]:
    """Return which windows alarm. Judges of version 1 take the strongest shaking for another mounting: of
    them only the evidence is asked.
    """
    found: NDArray[np.bool_] = (
        scored.combined_score > detector.combined_threshold if model.version == 1 else scored.level == ALARM
    )
    return found


def _windows(model: AnyModel, made: AnyDocument) -> Windows:
    """Return a machine that runs, a sensor that is dead, one that clips, and a machine that shakes."""
    calm, scale_g = _golden(model, made)
    rng = np.random.default_rng(0)
    most = min(SHAKEN_G / scale_g, 30_000.0)
    shaken = calm.mean(axis=0) + rng.uniform(-most, most, (SHAKEN, *calm.shape))
    clipped = np.where(rng.random((CLIPPED, *calm.shape)) < 0.5, -32_768, 32_767)
    parts = [np.stack(CALM * [calm]), np.zeros((DEAD, *calm.shape)), clipped, shaken]
    samples = np.clip(np.concatenate(parts), -32_768, 32_767).astype(np.int16)
    return _in_a_row(samples, scale_g, model.sample_rate_hz)


def _golden(model: AnyModel, made: AnyDocument) -> tuple[Counts, float]:
    """Return (counts (window_len, 3), g per count) of a normal window, as far as the model has one."""
    goldens: Sequence[Any] = made.golden
    for golden in goldens:
        if golden.counts is not None and len(golden.counts) == 3 * model.window_len and golden.scale_g > 0:
            return np.array(golden.counts, np.int16).reshape(-1, 3), float(golden.scale_g)
    rng = np.random.default_rng(1)
    about = np.array(model.pose_mean or (0.0, 0.0, 1.0)) / USUAL_SCALE_G
    return np.rint(rng.normal(about, 40.0, (model.window_len, 3))).astype(np.int16), USUAL_SCALE_G


def _in_a_row(samples: Counts, scale_g: float, sample_rate_hz: float) -> Windows:
    n, window_len, _ = samples.shape
    same, number = np.full(n, "rehearsal"), np.arange(n)
    return Windows(
        samples, np.full(n, scale_g), same, same, number, number * window_len, same, sample_rate_hz
    )
