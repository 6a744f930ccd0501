"""Write model artefacts, and read them from files, as judder_core.model_file takes them apart."""

import base64
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
from judder_core import model_file
from judder_core.errors import ModelError
from judder_core.model import Model
from judder_core.model_file import MAX_BYTES

from judder.engine import numeric_numpy
from judder.errors import JudderError


def read_model(path: Path) -> tuple[Model, bytes]:
    """Return the model in the file at path, and its bytes. Raises JudderError or ModelError."""
    if not path.is_file():
        what = f"{path} is a folder, no model file" if path.is_dir() else f"There is no model {path}"
        raise JudderError(f"{what}.", hint="Make one with: judder train")
    data = path.read_bytes()
    try:
        return model_file.load(data, numeric_numpy), data
    except ModelError as error:
        raise ModelError(f"{path}: {error}", error.hint) from error


def encode_floats(values: Iterable[float]) -> str:
    """Return values as the base64 text of little-endian float32.

    >>> encode_floats([1.0, -2.0])
    'AACAPwAAAMA='
    """
    return base64.b64encode(np.asarray(list(values), "<f4").tobytes()).decode()


def encode_bytes(values: Iterable[int]) -> str:
    """Return whole numbers from -128 to 127 as the base64 text of int8.

    >>> encode_bytes([1, -2])
    'Af4='
    """
    return base64.b64encode(np.asarray(list(values), np.int8).tobytes()).decode()


def encode_counts(counts: Any) -> str:
    """Return an array of int16 counts as base64 text."""
    return base64.b64encode(np.asarray(counts).astype("<i2").tobytes()).decode()


def encode(document: dict[str, Any]) -> bytes:
    """Return the bytes of a model file. Raises ModelError if they are more than a board takes."""
    data = json.dumps(document, separators=(",", ":")).encode()
    if len(data) > MAX_BYTES:
        raise ModelError(
            f"Model is {len(data)} bytes; a board takes {MAX_BYTES}.",
            "Use a smaller feature set, or fewer operating modes.",
        )
    return data


def single(values: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """Return values as float32 holds them, so that what is evaluated is what a board runs."""
    return values.astype(np.float32).astype(np.float64)
