"""Windows as the reference project's sketch posts them: JSON, in g."""

import json
import math
from array import array
from collections.abc import Sequence
from typing import Any

from judder_core.window import AXES
from judder_core.wire import MAX_WINDOW_LEN

from judder.data.recording import STANDARD_GRAVITY
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
    samples = [axis[k] for k in range(lengths[0]) for axis in axes]
    if _mean_length(samples) > 8.0:
        samples = [value / STANDARD_GRAVITY for value in samples]
    return to_counts(samples)


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


def _mean_length(samples: Sequence[float]) -> float:
    means = [sum(samples[axis::AXES]) / (len(samples) // AXES) for axis in range(AXES)]
    return math.sqrt(sum(mean * mean for mean in means))


def to_counts(samples: Sequence[float]) -> tuple["array[Any]", float]:
    """Return (counts, scale_g) of samples in g: int16 on the coarsest grid they sit on, else float32.

    Grids: 2^-8 to 2^-14 g per count, which are those of 8 to 16 bit sensors. The tolerance, 1e-6 g, is
    what seven printed decimals leave of a value.
    """
    for power in range(8, 15):
        scale = 2**power
        if all(abs(value * scale - round(value * scale)) <= 1e-6 * scale for value in samples):
            counts = [round(value * scale) for value in samples]
            if max(counts) <= 32767 and min(counts) >= -32768:
                return array("h", counts), 1.0 / scale
    return array("f", samples), 1.0
