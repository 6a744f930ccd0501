"""How fast windows shake, by the band of ISO 20816."""

import numpy as np
from numpy.typing import NDArray

from judder.data.recording import STANDARD_GRAVITY
from judder.engine.spectrum import power_density

Floats = NDArray[np.float64]

BAND_HZ = (10.0, 1000.0)
"""The band of ISO 20816-1; sampling ends it earlier."""
ZONES = {"A | B": 0.71, "B | C": 1.8, "C | D": 4.5}
"""Borders of the evaluation zones of small machines (class I of ISO 10816-1), mm/s RMS."""


def velocity_rms(windows: Floats, sample_rate_hz: float) -> Floats:
    """Return each window's velocity, (n, 3) in mm/s RMS, from 10 Hz to half the rate at most 1000 Hz.

    Acceleration's power at each frequency is divided by (2 pi f)^2: integration without its drift.
    """
    hz, power = power_density(windows, sample_rate_hz)
    inside = (hz >= BAND_HZ[0]) & (hz <= BAND_HZ[1])
    speed = power[:, inside] * (1000 * STANDARD_GRAVITY / (2 * np.pi * hz[inside, None])) ** 2
    rms: Floats = np.sqrt(speed.sum(axis=1) * hz[1])
    return rms
