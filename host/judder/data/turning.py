"""Windows as a sensor that hangs another way would have measured them."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from judder.data.windows import Windows

Floats = NDArray[np.float64]
INT16 = np.iinfo(np.int16)


def turned(windows: Windows, axis: Floats, degrees: float) -> Windows:
    """Return windows of a sensor turned about axis, a unit vector (3,). Counts stay whole, and int16's."""
    samples = windows.samples @ rotation(axis, degrees).T
    if windows.samples.dtype == np.int16:
        samples = np.clip(np.rint(samples), INT16.min, INT16.max).astype(np.int16)
    return replace(windows, samples=samples)


def rotation(axis: Floats, degrees: float) -> Floats:
    """Return the matrix (3, 3) that turns by so much about a unit vector. Source: Rodrigues' formula.

    >>> rotation(np.array([0.0, 0.0, 1.0]), 90.0).round(9).tolist()
    [[0.0, -1.0, 0.0], [1.0, 0.0, 0.0], [0.0, 0.0, 1.0]]
    """
    x, y, z = axis
    cross = np.array([[0, -z, y], [z, 0, -x], [-y, x, 0]])
    angle = np.radians(degrees)
    matrix: Floats = np.eye(3) + np.sin(angle) * cross + (1 - np.cos(angle)) * cross @ cross
    return matrix
