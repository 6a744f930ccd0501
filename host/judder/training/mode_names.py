"""What people call an operating mode: its condition, and its speed where the line of its shaft is seen."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from judder.engine.spectrum import power_density
from judder.training.fitting import Fitted

Floats = NDArray[np.float64]
MOST_WINDOWS = 200
LOWEST_BIN = 3
CLEAR = 10.0
"""Times the power around it that a line has."""
AROUND = 8
"""Bins on each side that a line is compared with."""
MAINS_HZ = (50.0, 60.0)
MAINS_WIDTH_HZ = 1.0


@dataclass(frozen=True)
class ModeName:
    """speed_hz: of the strongest line that is no mains hum, or None."""

    name: str
    condition: str
    speed_hz: float | None


def name_modes(fitted: Fitted) -> list[ModeName]:
    """Return what the modes of a baseline are called: "low", or of several of a condition "low 24.5 Hz".

    Two that share a line are told apart by how strongly they shake.
    """
    measured, found = fitted.measured, []
    for mode in fitted.baseline.names_:
        mine = np.flatnonzero((measured.mode == mode) & fitted.used)
        condition = str(measured.windows.condition[mine[0]])
        some = measured.windows.select(mine[:: max(1, len(mine) // MOST_WINDOWS)])
        speed_hz = shaft_line(some.in_g(), some.sample_rate_hz)
        found.append((mode, condition, speed_hz, float(np.median(measured.rms_g[mine]))))
    names = [_name(mode, condition, speed_hz) for mode, condition, speed_hz, _ in found]
    alike = {name for name in names if names.count(name) > 1}
    return [
        ModeName(_apart(mode, condition, name, rms_g) if name in alike else name, condition, speed_hz)
        for name, (mode, condition, speed_hz, rms_g) in zip(names, found, strict=True)
    ]


def _name(mode: str, condition: str, speed_hz: float | None) -> str:
    return mode if mode == condition or speed_hz is None else f"{condition} {speed_hz:.3g} Hz"


def _apart(mode: str, condition: str, name: str, rms_g: float) -> str:
    """Return the name of a mode that shares it with another, told apart by how strongly it shakes."""
    return mode if mode == condition else f"{name}, {1000 * rms_g:.3g} mg"


def shaft_line(windows_g: Floats, sample_rate_hz: float) -> float | None:
    """Return the frequency, in Hz, of the strongest clear line of windows (n, window_len, 3), or None.

    Hum of the mains is no shaft: its multiples are passed over.
    """
    hz, power = power_density(windows_g, sample_rate_hz)
    total = power.mean(axis=0).sum(axis=-1)
    best, best_power = None, 0.0
    for k in range(LOWEST_BIN, len(total) - 1):
        around = np.concatenate([total[max(LOWEST_BIN, k - AROUND) : k - 1], total[k + 2 : k + AROUND + 1]])
        is_peak = total[k] >= max(total[k - 1], total[k + 1])
        if is_peak and len(around) and total[k] > max(best_power, CLEAR * float(np.median(around))):
            line = _between(hz, total, k)
            if not _is_mains(line):
                best, best_power = line, float(total[k])
    return best


def _between(hz: Floats, total: Floats, k: int) -> float:
    """Return where between the bins about k the peak is, by a parabola through the logarithms."""
    low, middle, high = np.log(np.maximum(total[k - 1 : k + 2], 1e-30))
    curve = low - 2 * middle + high
    return float(hz[k] + (0.5 * (low - high) / curve if curve else 0.0) * (hz[1] - hz[0]))


def _is_mains(line_hz: float) -> bool:
    return any(abs(line_hz - f * max(1, round(line_hz / f))) <= MAINS_WIDTH_HZ for f in MAINS_HZ)
