"""When a machine stands still: nothing is left but what its sensor makes by itself."""

import numpy as np
from numpy.typing import NDArray

from judder.data.windows import Windows
from judder.errors import JudderError
from judder.model.evidence import Measured

Floats = NDArray[np.float64]
NAMES = ("off", "standstill", "stopped", "standing")
"""What people call a condition in which a machine stands."""
APART = 2.0
"""Times what the machine at rest shakes, it does so at least while it runs, or there is no limit."""


def standstill_limit(measured: Measured) -> float | None:
    """Return the rms, in g, up to which the machine stands, or None where no recording of it at rest tells.

    The noise of a sensor alone does not: a fault may leave a machine running as quietly. Raises JudderError
    where it does not even show that.
    """
    resting = at_rest(measured.windows)
    if resting.all() or not resting.any():
        return None
    if not measured.rms_g[resting].any():
        raise JudderError(
            "Nothing moves in the recordings at rest, not even by the sensor's noise.",
            hint="Is the sensor stuck, or its range too wide? Look at the recording: judder inspect",
        )
    least = float(np.quantile(measured.rms_g[~resting], 0.01))
    most = float(np.quantile(measured.rms_g[resting], 0.99))
    return float(np.sqrt(most * least)) if APART * most <= least else None


def at_rest(windows: Windows) -> NDArray[np.bool_]:
    """Return which windows, (n,), are of a condition in which the machine stands."""
    return np.array([is_at_rest(name) for name in windows.condition.tolist()], bool)


def is_at_rest(condition: str) -> bool:
    words = condition.lower().replace("_", " ").replace("-", " ").replace("/", " ").split()
    return any(word in NAMES for word in words)
