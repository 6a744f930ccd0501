"""When a machine stands still: nothing is left but what its sensor makes by itself."""

import numpy as np
from judder_core import features
from numpy.typing import NDArray

from judder.model.evidence import Measured

Floats = NDArray[np.float64]
NAMES = ("off", "standstill", "stopped", "standing")
"""What people call a condition in which a machine stands."""
APART = 2.0
"""Times the limit: a running machine shakes at least so much more, or the limit is none."""
ABOVE_NOISE = 1.25
"""Times the noise of the sensor, in rms: what is below it stands still."""


def standstill_limit(measured: Measured, feature_set: str) -> float | None:
    """Return the rms, in g, up to which the machine stands, or None where its recordings cannot tell.

    A recording of the machine at rest tells best. Without one the sensor's noise does, as the quietest band
    of the running machine shows it: it cannot be more than that.
    """
    resting = np.array([_is_at_rest(name) for name in measured.windows.condition.tolist()], bool)
    if resting.all():
        return None
    least = float(np.quantile(measured.rms_g[~resting], 0.01))
    if resting.any():
        most = float(np.quantile(measured.rms_g[resting], 0.99))
        return float(np.sqrt(most * least)) if APART * most <= least else None
    noise_g = _noise(measured, feature_set)
    limit = None if noise_g is None else ABOVE_NOISE * noise_g
    return limit if limit is not None and APART * limit <= least else None


def _is_at_rest(condition: str) -> bool:
    words = condition.lower().replace("_", " ").replace("-", " ").replace("/", " ").split()
    return any(word in NAMES for word in words)


def _noise(measured: Measured, feature_set: str) -> float | None:
    """Return the rms, in g, of white noise as strong as the quietest band; None of features without bands."""
    names = features.names(feature_set)
    bands = [k for k, name in enumerate(names) if name.startswith("band_") and name[5:].isdigit()]
    if not bands:
        return None
    return float(np.sqrt(np.exp(np.median(measured.features[:, bands], axis=0).min())))
