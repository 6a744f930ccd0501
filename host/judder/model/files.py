"""Model files read, and network files beside the artefact they belong to."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from judder_core import features, model_file
from judder_core.autoencoder import KIND, AutoencoderDetector, Network
from judder_core.errors import ModelError
from judder_core.model import AnyModel
from numpy.typing import NDArray

from judder.engine import numeric_numpy
from judder.errors import JudderError
from judder.model.runtimes import run_litert

Floats = NDArray[np.float64]

MODEL_SUFFIX = ".judder.json"
SUFFIXES = (".int8.tflite", ".tflite", ".keras")
"""Of networks, which lie beside their model."""
MOST_OFF = 0.5
"""In whitened units, on normal windows: int8 is within .2, another network is off by more than 1."""


def read_model(path: Path) -> tuple[AnyModel, bytes]:
    """Return the model in the file at path, and its bytes. Raises JudderError or ModelError."""
    if not path.is_file():
        what = f"{path} is a folder, no model file" if path.is_dir() else f"There is no model {path}"
        raise JudderError(f"{what}.", hint="Make one with: judder train")
    data = path.read_bytes()
    try:
        return model_file.load(data, numeric_numpy), data
    except ModelError as error:
        raise ModelError(f"{path}: {error}", error.hint) from error


def autoencoder_of(model: AnyModel) -> AutoencoderDetector:
    """Return the model's autoencoder. Raises JudderError where it has none."""
    for detector in model.detectors:
        if detector.kind == KIND:
            found: AutoencoderDetector = detector
            return found
    raise JudderError(
        f"Model {model.model_id} has no autoencoder.",
        hint="Train one: judder train --add-to MODEL.judder.json",
    )


def artefact_beside(path: Path) -> Path:
    """Return where the artefact of the network file at path lies. Raises JudderError where it is absent."""
    suffix = next(suffix for suffix in SUFFIXES if path.name.endswith(suffix))
    beside = path.with_name(path.name.removesuffix(suffix) + MODEL_SUFFIX)
    if not path.exists():
        raise JudderError(f"There is no {path}.", hint="Write it with: judder export MODEL.judder.json")
    if not beside.exists():
        raise JudderError(
            f"{path.name} has no {beside.name} beside it, which holds its scaling and thresholds.",
            hint="judder export MODEL.judder.json writes both; keep them together.",
        )
    return beside


def refuse_other(path: Path, artefact: bytes) -> None:
    """Raise JudderError where path holds another artefact than this one, or anything else."""
    if path.exists() and not (path.is_file() and path.read_bytes() == artefact):
        raise JudderError(f"{path} is there already, and is another model.", hint="Name a new file.")


def refuse_kind(path: Path, kind: str | None) -> None:
    """Raise JudderError where a detector of another kind is wanted of the network file at path."""
    if kind not in (None, KIND):
        raise JudderError(
            f"{path.name} is an autoencoder's network, which no {kind} scores by.",
            hint=f"Give the model instead: {artefact_beside(path)}",
        )


def load_network(path: Path) -> tuple[AnyModel, bytes]:
    """Return the model beside the network file at path, and its bytes; the network in the file scores for it.

    Raises JudderError where the artefact is absent or the network is not the artefact's.
    """
    model, data = read_model(artefact_beside(path))
    detector = autoencoder_of(model)
    if path.suffix == ".keras":
        from judder.detectors.tensorflow import read_keras, run_keras

        network = read_keras(path)
        stand_in(detector, lambda rows: run_keras(network, rows))
    else:
        content = path.read_bytes()
        stand_in(detector, lambda rows: run_litert(content, rows))
    _check_same(path, model, detector)
    return model, data


def stand_in(detector: Network, run: Callable[[Floats], Floats]) -> None:
    """Let run, of rows (n, inputs), reconstruct for detector in place of its own layers."""

    def reconstruct(numeric: object, z: Sequence[Any]) -> Sequence[Any]:
        rows = np.clip(np.atleast_2d(np.stack(z, axis=-1)), -detector.limit, detector.limit)
        found = run(rows).T
        return list(found) if np.ndim(z[0]) else found[:, 0].tolist()  # of many windows, or of one

    detector.reconstruct = reconstruct  # type: ignore[method-assign]


def normal_rows(n: int, width: int) -> Floats:
    """Return n rows as whitening makes them of normal windows."""
    rows: Floats = np.random.default_rng(0).normal(0, 1, (n, width))
    return rows


def representative(n: int, width: int, limit: float) -> Floats:
    """Return rows that reach as far as inputs do: n normal, n strange, and each end of each input."""
    normal, strange = normal_rows(n, width), 3 * normal_rows(n, width)
    ends = np.concatenate([limit * np.eye(width), -limit * np.eye(width)])
    rows: Floats = np.clip(np.concatenate([normal, strange, ends]), -limit, limit)
    return rows


def _check_same(path: Path, model: AnyModel, detector: AutoencoderDetector) -> None:
    rows = normal_rows(64, len(features.names(detector.feature_set)))
    own = Network.reconstruct(detector, numeric_numpy, list(rows.T))
    try:
        theirs = detector.reconstruct(numeric_numpy, list(rows.T))
    except JudderError as error:
        raise JudderError(f"{path}: {error}", hint=error.hint) from error
    off = float(np.abs(np.array(own) - np.array(theirs)).max()) if len(own) == len(theirs) else np.inf
    if not off <= MOST_OFF:
        raise JudderError(
            f"{path.name} is not the network of {model.model_id} beside it: outputs differ by {off:.2g}.",
            hint="Export it again: judder export MODEL.judder.json",
        )
