"""When a machine stands still: nothing is left but what its sensor makes by itself."""

import numpy as np
from numpy.typing import NDArray

from judder.model.evidence import Measured

Floats = NDArray[np.float64]
NAMES = ("off", "standstill", "stopped", "standing")
"""What people call a condition in which a machine stands."""
APART = 2.0
"""Times what the machine at rest shakes, it does so at least while it runs, or there is no limit."""


def standstill_limit(measured: Measured) -> float | None:
    """Return the rms, in g, up to which the machine stands, or None where no recording of it at rest tells.

    The noise of a sensor alone does not: a fault may leave a machine running as quietly.
    """
    resting = np.array([is_at_rest(name) for name in measured.windows.condition.tolist()], bool)
    if resting.all() or not resting.any():
        return None
    least = float(np.quantile(measured.rms_g[~resting], 0.01))
    most = float(np.quantile(measured.rms_g[resting], 0.99))
    return float(np.sqrt(most * least)) if APART * most <= least else None


def is_at_rest(condition: str) -> bool:
    words = condition.lower().replace("_", " ").replace("-", " ").replace("/", " ").split()
    return any(word in NAMES for word in words)
