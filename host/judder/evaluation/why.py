"""What drove a verdict, in words: "x: energy at 20-25 Hz 6x normal".

The squared Mahalanobis distance is a sum with one term per feature; the largest term is what is said.
"""

from collections.abc import Sequence

import numpy as np
from judder_core import features, mahalanobis_v1, numeric
from judder_core.features.mad import DEVIATION_FLOOR as LEAST_MAD_G
from judder_core.features.spectral import edge
from judder_core.model_v1 import Detector
from numpy.typing import NDArray

from judder.engine.spectrum import power_density

Floats = NDArray[np.float64]

LOGARITHMS = {
    "log_step": "change from sample to sample",
    "log_extent": "peak to peak",
    "log_sd": "standard deviation",
    "log_kurtosis": "kurtosis",
    "log_mad": "median absolute deviation",
}
LEAST_CROSSINGS = 0.01  # a sample; what hardly ever crosses its mean has no ratio worth saying


def why(
    detector: Detector,
    measured: Sequence[float],
    counts: Sequence[int],
    scale_g: float,
    sample_rate_hz: float,
) -> str:
    """Return the feature that took measured furthest from the nearest operating mode, in words.

    measured: the detector's features, in their own units. counts: the last window they were measured on,
    x, y, z interleaved. A band's power is the sum over the axes, so the axis said is the one that carries
    most of it in that window. An autoencoder's operating modes are those that whiten its features.
    """
    scaled = (np.asarray(measured) - detector.mean) / np.asarray(detector.std)
    mean, packed = nearest_mode(detector, scaled)
    gap = scaled - mean
    worst = int(np.argmax(shares(gap, packed)))
    names = features.names(detector.feature_set)
    raw_gap = gap[worst] * detector.std[worst]
    kind, _, which = names[worst].rpartition("_")
    if kind == "band":
        bands = sum(name.startswith("band_") for name in names)
        samples_g = np.asarray(counts).reshape(-1, 3) * scale_g
        return _band(raw_gap, int(which), bands, samples_g, sample_rate_hz)
    return _statistic(kind, which, measured[worst], measured[worst] - raw_gap)


def nearest_mode(detector: Detector, scaled: Floats) -> tuple[Floats, Floats]:
    """Return (mean, packed whitening matrix) of the operating mode nearest to standardised features."""
    modes: Sequence[tuple[str, Sequence[float], Sequence[float]]] = detector.modes
    distances = [mahalanobis_v1.distance(scaled, mean, packed, numeric) for _, mean, packed in modes]
    _, mean, packed = modes[int(np.argmin(distances))]
    return np.asarray(mean), np.asarray(packed)


def shares(gap: Floats, packed: Floats) -> Floats:
    """Return each feature's term of the squared Mahalanobis distance: they sum to it, some may be negative.

    gap: standardised features less their mean, (n,). packed: the whitening matrix W, see mahalanobis_v1. The
    precision matrix is W W^T, so feature i adds gap[i] * (W W^T gap)[i].
    """
    transposed = np.zeros((len(gap), len(gap)))
    transposed[np.tril_indices(len(gap))] = packed
    terms: Floats = gap * (transposed.T @ (transposed @ gap))
    return terms


def band_hz(band: int, bands: int, window_len: int, sample_rate_hz: float) -> tuple[float, float]:
    """Return the lowest and the highest frequency of one of a feature set's bands."""
    bin_hz = sample_rate_hz / _size(window_len)
    start, stop = _edges(band, bands, window_len)
    return (start - 0.5) * bin_hz, (stop - 0.5) * bin_hz


def _edges(band: int, bands: int, window_len: int) -> tuple[int, int]:
    size = _size(window_len)
    return edge(size, band, bands), edge(size, band + 1, bands)


def _size(window_len: int) -> int:
    return 1 << max(4, (window_len - 1).bit_length())


def _band(log_ratio: float, band: int, bands: int, samples_g: Floats, sample_rate_hz: float) -> str:
    start, stop = _edges(band, bands, len(samples_g))
    _, density = power_density(samples_g, sample_rate_hz, _size(len(samples_g)))
    axis = "xyz"[int(np.argmax(density[start:stop].sum(axis=0)))]
    low_hz, high_hz = band_hz(band, bands, len(samples_g), sample_rate_hz)
    digits = 0 if high_hz - low_hz >= 2 else 1
    return f"{axis}: energy at {low_hz:.{digits}f}-{high_hz:.{digits}f} Hz {_times_normal(np.exp(log_ratio))}"


def _statistic(kind: str, which: str, value: float, normal: float) -> str:
    """Return in words that the feature kind_which is value where normal is usual."""
    if kind == "correlation":
        return _together(which, value, normal)
    if kind == "crossings":
        ratio = max(value, LEAST_CROSSINGS) / max(normal, LEAST_CROSSINGS)
        return f"{which}: crosses its mean {_times(ratio)} as often"
    if kind == "mad":
        ratio = max(value, LEAST_MAD_G) / max(normal, LEAST_MAD_G)
        return f"{which}: median absolute deviation {_times_normal(ratio)}"
    return f"{which}: {LOGARITHMS[kind]} {_times_normal(np.exp(value - normal))}"


def _together(axes: str, value: float, normal: float) -> str:
    """Compare two correlations; which way the axes move is said by the stronger of the two."""
    stronger = value if abs(value) > abs(normal) else normal
    way = "together" if stronger > 0 else "against each other"
    amount = "more" if stronger == value else "less"
    return f"{axes[0]} and {axes[1]} move {way} {amount} than normal"


def _times_normal(ratio: float) -> str:
    times = _times(ratio)
    return f"{times} normal" if times.endswith("x") else f"{times} of normal"


def _times(ratio: float) -> str:
    """Return a ratio for reading aloud.

    >>> [_times(ratio) for ratio in (123.4, 6.04, 1.46, 1.04, 0.8, 0.4, 0.16)]
    ['123x', '6x', '1.5x', '1.04x', '0.8x', '1/2.5', '1/6']
    """
    if ratio <= 0.3:
        return f"1/{1 / ratio:.0f}"
    return f"1/{_short(1 / ratio)}" if ratio <= 0.5 else f"{_short(ratio)}x"


def _short(number: float) -> str:
    if number >= 10:
        return f"{number:.0f}"
    return f"{number:.3g}" if 0.9 < number < 1.1 else f"{number:.2g}"
