"""Write tests/data/golden.json: what SciPy and NumPy say, for every runtime to be checked against.

The oracle shares no code with judder_core: medians and moments come from scipy.stats, spectra from
numpy.fft and scipy.signal, distances from scipy.spatial, frames from struct and zlib. Run it again only when
something is added; the file is seeded.
It has one case a line, so that a board of 64 kB can read it case by case; arrays are base64 of
little-endian float64 (int16 where they are counts).
"""

import json
from itertools import pairwise
from pathlib import Path

import cross_spectra
import numpy as np
from golden_frames import SCALE_G, frame_case, frame_v2_case, text
from scipy import signal, stats
from scipy.spatial.distance import mahalanobis

TARGET = Path(__file__).parents[1] / "tests" / "data" / "golden.json"
POSE = (0.1, 0.3, 0.94)  # in g: some degrees off the windows that have a gravity
ROUNDING = 1 / 12  # variance of rounding to whole counts


def doubles(values: object) -> str:
    return text(np.asarray(values, "<f8").tobytes())


def make_windows(rng: np.random.Generator) -> list[np.ndarray]:
    """Return windows that are ordinary, odd in length, clipped, constant, and wide as int16 allows."""
    time_s = np.arange(256) / 250
    turning = 0.03 * np.sin(2 * np.pi * 17 * time_s)[:, None] * [1.0, 0.8, 0.3]
    ordinary = np.round((turning + rng.normal(0, 0.003, (256, 3)) + [0.0, 0.2, 0.98]) / SCALE_G)
    clipped = np.clip(np.round(rng.normal(0, 6000, (200, 3))), -8192, 8191)
    return [
        ordinary.astype("<i2"),
        np.round(rng.normal(0, 3, (127, 3))).astype("<i2"),
        clipped.astype("<i2"),
        np.full((64, 3), [3, -2, 2048]).astype("<i2"),
        rng.integers(-32768, 32768, (33, 3)).astype("<i2"),
    ]


def window_case(counts: np.ndarray) -> dict[str, object]:
    """Return one window and what the features of it are; spectra only where its bands would not be empty.

    pose: to which the sets that turn a window turn it.
    """
    mad_g = stats.median_abs_deviation(counts.astype(float), axis=0) * 1.4826 * SCALE_G
    features = {
        "mad": mad_g,
        "statistics": statistics(counts),
        "directional": cross_spectra.directional(counts, SCALE_G, POSE),
    }
    if len(counts) > 64:
        features["spectral"] = log_bands(counts, 32)
        features["vibration"] = np.concatenate([log_bands(counts, 24), correlations(counts)])
    return {
        "kind": "window",
        "counts": text(counts.tobytes()),
        "scale_g": SCALE_G,
        "pose": POSE,
        "median": doubles(np.median(counts, axis=0)),
        "features": {name: doubles(values) for name, values in features.items()},
    }


def statistics(counts: np.ndarray) -> np.ndarray:
    """Return the log of each axis's steps, extent, SD and kurtosis, crossings, log MAD; then correlations."""
    values = []
    for axis in counts.T.astype(float):
        steps, above = np.diff(axis), axis > axis.mean()
        variance = axis.var()
        fourth = stats.moment(axis, 4) + 6 * ROUNDING * variance + 3 * ROUNDING**2
        values += [
            np.log(np.sqrt((steps**2).mean() + 2 * ROUNDING) * SCALE_G),
            np.log((np.ptp(axis) + 1) * SCALE_G),
            np.log(np.sqrt(variance + ROUNDING) * SCALE_G),
            np.log(fourth / (variance + ROUNDING) ** 2),
            np.mean(above[1:] != above[:-1]),
            np.log((1.4826 * stats.median_abs_deviation(axis) + 0.5) * SCALE_G),
        ]
    return np.concatenate([values, correlations(counts)])


def correlations(counts: np.ndarray) -> np.ndarray:
    covariance = np.cov(counts.T.astype(float), bias=True)
    spread = np.sqrt(np.diag(covariance) + ROUNDING)
    return (covariance / np.outer(spread, spread))[[0, 0, 1], [1, 2, 2]]


def log_bands(counts: np.ndarray, bands: int) -> np.ndarray:
    """Return the log power of all axes in equal bands of a Hann-windowed, zero-padded transform, in g^2."""
    hann = signal.get_window("hann", len(counts))
    size = 1 << (len(counts) - 1).bit_length()
    centred = counts - np.rint(counts.mean(axis=0))
    power = (np.abs(np.fft.rfft(centred * hann[:, None], size, axis=0)) ** 2).sum(axis=1)
    edges = 1 + (size // 2 - 1) * np.arange(bands + 1) // bands
    means = np.array([power[i:j].mean() for i, j in pairwise(edges)]) / (hann**2).sum()
    return np.log((means + 3 * ROUNDING) * SCALE_G**2)


def distance_case(rng: np.random.Generator, size: int, spread: float) -> dict[str, object]:
    """Return a mean, a covariance and some distances; spread is the features' standard deviation."""
    rows = rng.normal(0, spread, (2 * size + 8, size)) @ rng.normal(0, 1, (size, size)) + 40 * spread
    mean, covariance = rows.mean(axis=0), np.cov(rows, rowvar=False)
    inverse = np.linalg.inv(covariance)
    points = rng.normal(0, 3 * spread, (8, size)) + 40 * spread
    whitening = np.linalg.inv(np.linalg.cholesky(covariance)).T
    small = {"rows": doubles(rows), "covariance": doubles(covariance)} if size == 3 else {}
    return {
        "kind": "distance",
        "size": size,
        **small,
        "mean": doubles(mean),
        "whitening": doubles([whitening[i, j] for j in range(size) for i in range(j + 1)]),
        "points": doubles(points),
        "distances": doubles([mahalanobis(point, mean, inverse) for point in points]),
    }


def autoencoder_case(rng: np.random.Generator) -> dict[str, object]:
    """Return two modes, a small network of int8 weights and the scores of some points, by matrix products."""
    size, hidden, limit, gain = 5, 7, 4.0, 2.0
    modes = []
    for centre in (0.0, 9.0):
        rows = rng.normal(0, 1, (40, size)) @ rng.normal(0, 1, (size, size)) + centre
        covariance = np.cov(rows, rowvar=False)
        modes.append((rows.mean(axis=0), covariance, np.linalg.inv(np.linalg.cholesky(covariance)).T))
    weights = [rng.integers(-127, 128, shape).astype("i1") for shape in ((hidden, size), (size, hidden))]
    scales, biases = (0.004, 0.006), (rng.normal(0, 0.5, hidden), rng.normal(0, 0.5, size))
    points = rng.normal(4, 6, (10, size))
    scores = []
    for point in points:
        near = int(np.argmin([mahalanobis(point, mean, np.linalg.inv(c)) for mean, c, _ in modes]))
        z = (point - modes[near][0]) @ modes[near][2]
        inside = np.maximum(scales[0] * weights[0] @ np.clip(z, -limit, limit) + biases[0], 0)
        scores.append(gain * np.linalg.norm(z - (scales[1] * weights[1] @ inside + biases[1])))
    return {
        "kind": "autoencoder",
        "limit": limit,
        "gain": gain,
        "modes": [
            {
                "mean": doubles(mean),
                "whitening": doubles([w[i, j] for j in range(size) for i in range(j + 1)]),
            }
            for mean, _, w in modes
        ],
        "layers": [
            {"weights": text(w.tobytes()), "scale": scale, "bias": doubles(bias), "relu": k == 0}
            for k, (w, scale, bias) in enumerate(zip(weights, scales, biases, strict=True))
        ],
        "points": doubles(points),
        "scores": doubles(scores),
    }


def calibration_case(rng: np.random.Generator) -> dict[str, object]:
    """Return scores of normal windows and the conformal p-values of some others."""
    scores = np.sort(rng.gamma(3, 0.5, 40))
    points = rng.gamma(3, 0.8, 12)
    p_values = [(1 + int((scores >= point).sum())) / (len(scores) + 1) for point in points]
    return {
        "kind": "calibration",
        "scores": doubles(scores),
        "points": doubles(points),
        "p_values": doubles(p_values),
    }


def main() -> None:
    rng = np.random.default_rng(20261123)
    windows = make_windows(rng)
    cases = [
        *(window_case(counts) for counts in windows),
        distance_case(rng, 3, 1e-4),
        distance_case(rng, 21, 1.0),
        frame_case(windows[0]),
        frame_v2_case(windows[0][:50]),
        calibration_case(rng),
        autoencoder_case(rng),
    ]
    TARGET.write_text("[\n" + ",\n".join(json.dumps(case) for case in cases) + "\n]\n")
    print(f"{TARGET.name}: {len(cases)} cases, {TARGET.stat().st_size} bytes")


if __name__ == "__main__":
    main()
