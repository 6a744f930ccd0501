"""What drove a verdict, in words: "x: energy at 20-25 Hz 6x normal".

The squared Mahalanobis distance is a sum with one term per feature; the largest term is what is said.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from judder_core import features, mahalanobis_v1, numeric
from judder_core.features.mad import DEVIATION_FLOOR as LEAST_MAD_G
from judder_core.features.spectral import edge
from judder_core.model import Model
from judder_core.model_v1 import Detector
from judder_core.triangles import WHOLE, centres, triangles, weights
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
OVERLAPPING = "directional"
"""The set whose bands are triangles."""
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
    normal = measured[worst] - gap[worst] * detector.std[worst]
    samples_g = np.asarray(counts).reshape(-1, 3) * scale_g
    return _in_words(detector.feature_set, worst, measured[worst], normal, samples_g, sample_rate_hz)


def why_residual(
    model: Model, mode: int, metric: int, residual: Sequence[float], samples_g: Floats, sample_rate_hz: float
) -> str:
    """Return the feature that took a residual of that mode furthest under that metric, in words.

    For models of version 2. residual: features less the mode's mean, of a window or of several together.
    samples_g: (window_len, 3), the last window of them.
    """
    measure = model.modes[mode].metrics[metric]
    gap = np.asarray(residual) * (1.0 if measure.stretch is None else np.asarray(measure.stretch))
    columns = np.tril_indices(len(gap))[0]
    worst = int(np.argmax(shares(gap, np.asarray(measure.whitening) * np.asarray(measure.scales)[columns])))
    normal = model.modes[mode].mean[worst]
    value = normal + residual[worst]
    return _in_words(model.feature_set, worst, value, normal, samples_g, sample_rate_hz)


def _in_words(
    feature_set: str, worst: int, value: float, normal: float, samples_g: Floats, sample_rate_hz: float
) -> str:
    """Return in words that a set's feature number worst is value where normal is usual."""
    kind, _, which = features.names(feature_set)[worst].rpartition("_")
    if not kind.startswith("band"):
        return _statistic(kind, which, value, normal)
    band = bands_of(feature_set, kind, len(samples_g))[int(which)]
    return _band(value - normal, kind.removeprefix("band").strip("_"), band, samples_g, sample_rate_hz)


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
    """Return the lowest and the highest frequency of one of so many bands that do not overlap."""
    return _in_hz(_edges(window_len, bands)[band], window_len, sample_rate_hz)


@dataclass(frozen=True)
class Band:
    """Bins of a transform from start up to stop, and their weights. centre: of one that overlaps others."""

    start: int
    stop: int
    weights: Floats
    centre: int | None = None

    def told(self, density: Floats, grew: bool) -> tuple[int, int]:
        """Return the bins to name: of a band that overlaps and grew, the side on which there is more.

        density: of one axis, (bins,).
        """
        if self.centre is None or not grew:
            return self.start, self.stop
        energy, middle = density[self.start : self.stop] * self.weights, self.centre - self.start
        if energy[: middle + 1].sum() >= energy[middle:].sum():
            return self.start, self.centre + 1
        return self.centre, self.stop


def bands_of(feature_set: str, kind: str, window_len: int) -> list[Band]:
    """Return a set's bands of that kind."""
    number = sum(name.rpartition("_")[0] == kind for name in features.names(feature_set))
    if feature_set != OVERLAPPING:
        return [Band(start, stop, np.ones(stop - start)) for start, stop in _edges(window_len, number)]
    bins = _size(window_len) // 2 - 1
    middles = centres(bins, number)
    rises, marks, _ = triangles(bins, number)
    found = []
    for k in range(number):
        start, stop = middles[k - 1] if k else 0, marks[k + 2]
        shape = np.array(weights(rises, marks, k)[start - stop :]) / WHOLE
        found.append(Band(start + 1, stop + 1, shape, middles[k] + 1))  # a triangle's bin 0 is bin 1
    return found


def _edges(window_len: int, bands: int) -> list[tuple[int, int]]:
    size = _size(window_len)
    return [(edge(size, band, bands), edge(size, band + 1, bands)) for band in range(bands)]


def _in_hz(span: tuple[int, int], window_len: int, sample_rate_hz: float) -> tuple[float, float]:
    bin_hz = sample_rate_hz / _size(window_len)
    return (span[0] - 0.5) * bin_hz, (span[1] - 0.5) * bin_hz


def _size(window_len: int) -> int:
    return 1 << max(4, (window_len - 1).bit_length())


def _band(log_ratio: float, axis: str, band: Band, samples_g: Floats, sample_rate_hz: float) -> str:
    """Say how much energy there is in a band. axis: whose, or "" for the one that carries most of it."""
    _, density = power_density(samples_g, sample_rate_hz, _size(len(samples_g)))
    of_axes = band.weights @ density[band.start : band.stop]
    axis = axis or "xyz"[int(np.argmax(of_axes))]
    span = band.told(density[:, "xyz".index(axis)], log_ratio > 0)
    low_hz, high_hz = _in_hz(span, len(samples_g), sample_rate_hz)
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
