"""Windows as the reference project's sketch posts them: JSON, in g."""

import json
from array import array
from typing import Any

import numpy as np
from judder_core.wire import MAX_WINDOW_LEN

from judder.data.recording import STANDARD_GRAVITY, grid_scale, is_metric, to_counts
from judder.errors import WireError

HINT = 'Send {"x": [...], "y": [...], "z": [...]} in g.'


def decode_reference(body: bytes) -> tuple["array[Any]", float]:
    """Return (counts, scale_g) of the reference sketch's body {"x": [...], "y": [...], "z": [...]} in g.

    counts are x, y, z interleaved: int16 where the values sit on a sensor's grid (1/256 to 1/16384 g),
    else float32 with scale 1. A mean length near 9.8 is taken for m/s^2 and converted.
    Raises WireError for anything but three equally long, non-empty lists of finite numbers.

    >>> decode_reference(b'{"x": [0.5], "y": [0], "z": [-0.25]}')
    (array('h', [128, 0, -64]), 0.00390625)
    """
    try:
        document = json.loads(body)
    except (ValueError, RecursionError):  # nested too deep
        raise WireError("Body is not JSON.", hint=HINT) from None
    axes = [_reference_axis(document, name) for name in ("x", "y", "z")]
    lengths = [len(axis) for axis in axes]
    if not 0 < lengths[0] <= MAX_WINDOW_LEN or lengths[1] != lengths[0] or lengths[2] != lengths[0]:
        raise WireError(
            f"Axes x, y, z have {lengths[0]}, {lengths[1]}, {lengths[2]} values; expected equal lengths"
            f" from 1 to {MAX_WINDOW_LEN}."
        )
    samples = np.array(axes, np.float64).T
    if is_metric(samples):
        samples = samples / STANDARD_GRAVITY
    scale_g = grid_scale([samples])
    if scale_g is None:
        return array("f", samples.astype(np.float32).tobytes()), 1.0
    return array("h", to_counts(samples, scale_g).tobytes()), scale_g


def _reference_axis(document: Any, name: str) -> list[float]:
    if not isinstance(document, dict) or not isinstance(document.get(name), list):
        raise WireError(f"Body has no list {name!r}.", hint=HINT)
    values: list[float] = document[name]
    for k, value in enumerate(values):
        number = isinstance(value, int | float) and not isinstance(value, bool)
        if not number or value != value:  # math.isfinite raises for an int beyond floats
            raise WireError(f"{name}[{k}] is {value!r}; expected a finite number.")
        if abs(value) > 1000:
            raise WireError(f"{name}[{k}] is {value!r}; no accelerometer measures that in g.")
    return values
