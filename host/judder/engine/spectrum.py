"""The power spectral density of whatever people look at: figures, findings, and the words of an alarm.

What a detector sees is judder_core.spectrum's: whole numbers, the same bits on every board.
"""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def power_density(samples_g: Floats, sample_rate_hz: float, size: int | None = None) -> tuple[Floats, Floats]:
    """Return (Hz, (bins,); power density, (..., bins, 3) in g^2/Hz, one-sided) of windows.

    samples_g: (..., window_len, 3). The mean is taken off each window and a Hann window laid over; size: the
    length it is then padded to with zeros, its own unless given.
    Equals scipy.signal.periodogram(window="hann", axis=-2), which would cost a server that has to name the
    band of its first alarm 0.6 s and 77 MB to import (2026-11-30).
    """
    window_len = samples_g.shape[-2]
    size = size or window_len
    hann = np.hanning(window_len + 1)[:-1, None]
    weighted = (samples_g - samples_g.mean(axis=-2, keepdims=True)) * hann
    power = np.abs(np.fft.rfft(weighted, size, axis=-2)) ** 2 / (sample_rate_hz * (hann**2).sum())
    power[..., 1 : (size + 1) // 2, :] *= 2  # the negative frequencies; 0 and half the rate have none
    return np.arange(size // 2 + 1) * sample_rate_hz / size, power


def amplitude_density(windows_g: Floats, sample_rate_hz: float) -> tuple[Floats, Floats]:
    """Return (Hz, (bins,); amplitude density, (bins, 3), g per root Hz), the power's mean over windows.

    windows_g: (n, window_len, 3). Equals the root of scipy.signal.welch without overlap.
    """
    hz, power = power_density(windows_g, sample_rate_hz)
    return hz, np.sqrt(power.mean(axis=0))
