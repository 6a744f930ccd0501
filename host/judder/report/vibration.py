"""Spectra and velocity of windows in physical units."""

import numpy as np
from numpy.typing import NDArray

from judder.data.recording import STANDARD_GRAVITY

Floats = NDArray[np.float64]

BAND_HZ = (10.0, 1000.0)
"""The band of ISO 20816-1; sampling ends it earlier."""
ZONES = {"A | B": 0.71, "B | C": 1.8, "C | D": 4.5}
"""Borders of the evaluation zones of small machines (class I of ISO 10816-1), mm/s RMS."""


def amplitude_density(windows: Floats, sample_rate_hz: float) -> tuple[Floats, Floats]:
    """Return (Hz, (bins,); amplitude density, (bins, 3), g per root Hz), the power's mean over windows.

    windows: (n, window_len, 3) in g. The mean is taken off each, a Hann window laid over.
    Equals the root of scipy.signal.welch without overlap.
    """
    hz, power = _power_density(windows, sample_rate_hz)
    return hz, np.sqrt(power.mean(axis=0))


def velocity_rms(windows: Floats, sample_rate_hz: float) -> Floats:
    """Return each window's velocity, (n, 3) in mm/s RMS, from 10 Hz to half the rate at most 1000 Hz.

    Acceleration's power at each frequency is divided by (2 pi f)^2: integration without its drift.
    """
    hz, power = _power_density(windows, sample_rate_hz)
    inside = (hz >= BAND_HZ[0]) & (hz <= BAND_HZ[1])
    speed = power[:, inside] * (1000 * STANDARD_GRAVITY / (2 * np.pi * hz[inside, None])) ** 2
    rms: Floats = np.sqrt(speed.sum(axis=1) * hz[1])
    return rms


def _power_density(windows: Floats, sample_rate_hz: float) -> tuple[Floats, Floats]:
    """Return (Hz, power density of each window, (n, bins, 3) in g^2/Hz), one-sided."""
    window_len = windows.shape[1]
    hann = np.hanning(window_len + 1)[:-1, None]
    weighted = (windows - windows.mean(axis=1, keepdims=True)) * hann
    power = np.abs(np.fft.rfft(weighted, axis=1)) ** 2 / (sample_rate_hz * (hann**2).sum())
    power[:, 1 : (window_len + 1) // 2] *= 2
    return np.arange(len(power[0])) * sample_rate_hz / window_len, power
