"""Windows as the reference project's sketch posts them: JSON, in g. Boards never need this module."""

import json
import math
from array import array

from .window import AXES
from .wire import MAX_WINDOW_LEN
from .wire_reader import WireError

STANDARD_GRAVITY = 9.80665


def decode_reference(body):
    """Return (counts, scale_g) of the reference sketch's body {"x": [...], "y": [...], "z": [...]} in g.

    counts are x, y, z interleaved: int16 where the values sit on a sensor's grid (1/256 to 1/16384 g),
    else float32 with scale 1. A mean length near 9.8 is taken for m/s^2 and converted.
    Raises WireError for anything but three equally long, non-empty lists of finite numbers.

    >>> decode_reference(b'{"x": [0.5], "y": [0], "z": [-0.25]}')
    (array('h', [128, 0, -64]), 0.00390625)
    """
    try:
        document = json.loads(body)
    except (ValueError, RuntimeError):  # RecursionError: nested too deep
        raise WireError("Body is not JSON.", 'Send {"x": [...], "y": [...], "z": [...]} in g.')
    axes = [_reference_axis(document, name) for name in ("x", "y", "z")]
    lengths = [len(axis) for axis in axes]
    if not 0 < lengths[0] <= MAX_WINDOW_LEN or lengths[1] != lengths[0] or lengths[2] != lengths[0]:
        raise WireError(
            "Axes x, y, z have %d, %d, %d values; expected equal lengths from 1 to %d."
            % (lengths[0], lengths[1], lengths[2], MAX_WINDOW_LEN)
        )
    samples = [axis[k] for k in range(lengths[0]) for axis in axes]
    if _mean_length(samples) > 8.0:
        samples = [value / STANDARD_GRAVITY for value in samples]
    return to_counts(samples)


def _reference_axis(document, name):
    if not isinstance(document, dict) or not isinstance(document.get(name), list):
        raise WireError("Body has no list %r." % name, 'Send {"x": [...], "y": [...], "z": [...]} in g.')
    values = document[name]
    for k, value in enumerate(values):
        number = isinstance(value, (int, float)) and not isinstance(value, bool)
        if not number or value != value:  # math.isfinite raises for an int beyond floats
            raise WireError("%s[%d] is %r; expected a finite number." % (name, k, value))
        if abs(value) > 1000:
            raise WireError("%s[%d] is %r; no accelerometer measures that in g." % (name, k, value))
    return values


def _mean_length(samples):
    means = [sum(samples[axis::AXES]) / (len(samples) // AXES) for axis in range(AXES)]
    return math.sqrt(sum([mean * mean for mean in means]))


def to_counts(samples):
    """Return (counts, scale_g) of samples in g: int16 on the coarsest grid they sit on, else float32.

    Grids: 2^-8 to 2^-14 g per count, which are those of 8 to 16 bit sensors. The tolerance, 1e-6 g, is
    what seven printed decimals leave of a value.
    """
    for power in range(8, 15):
        scale = 2**power
        if all([abs(value * scale - round(value * scale)) <= 1e-6 * scale for value in samples]):
            counts = [round(value * scale) for value in samples]
            if max(counts) <= 32767 and min(counts) >= -32768:
                return array("h", counts), 1.0 / scale
    return array("f", samples), 1.0
