"""What another day does to a healthy machine, before any of its own days was seen: a prior for each feature.

A day moves the power of each band by some ten percent by itself and all of them together: temperature,
load, mains, how firmly a foot stands. ISO 20816-1 sets an alarm a quarter of a zone's border above the
baseline of a machine; an amplitude 25 % higher is a power .45 higher in its logarithm, two of the deviations
here.
"""

import numpy as np
from judder_core import features
from numpy.typing import NDArray

from judder.errors import JudderError

Floats = NDArray[np.float64]

POWER, AMPLITUDE, SHAPE, CORRELATION, CROSSINGS = (0.2, 0.1), (0.1, 0.05), (0.2, 0.0), (0.1, 0.0), (0.02, 0.0)
"""Deviation of a feature by itself, and of all such features together: of the logarithm of a power, of that
of an amplitude, of that of a kurtosis; of a correlation; of a share of samples."""
OF_NAME = {
    "band": POWER,
    "log_kurtosis": SHAPE,
    "log": AMPLITUDE,
    "mad": AMPLITUDE,
    "correlation": CORRELATION,
    "crossings": CROSSINGS,
}
"""By how a feature's name begins; the first that fits."""
IN_G = "mad"
"""Features in g: their deviations are shares of their mean."""


def day_scatter(feature_set: str, mean: Floats) -> Floats:
    """Return the covariance (n, n) of what a day adds to the features of a mode, whose mean is (n,).

    Raises JudderError for a feature whose name tells no kind.
    """
    names = features.names(feature_set)
    found = [_of(name) for name in names]
    unit = np.array([abs(m) if name.startswith(IN_G) else 1.0 for name, m in zip(names, mean, strict=True)])
    alone, together = np.array(found).T * unit
    scatter: Floats = np.diag(alone**2) + np.outer(together, together)
    return scatter


def _of(name: str) -> tuple[float, float]:
    kind = next((kind for kind in OF_NAME if name.startswith(kind)), None)
    if kind is None:
        raise JudderError(
            f"Nobody knows what a day does to feature {name}.",
            hint=f"Give it a name that begins with one of {', '.join(OF_NAME)}.",
        )
    return OF_NAME[kind]
