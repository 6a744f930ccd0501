"""What the judge gathers of each window, for many windows at once."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
from judder_core import pose, stats
from judder_core.judge_v1 import Evidence
from numpy.typing import NDArray

from judder.data.windows import CHUNK, Windows, whole_counts
from judder.engine import numeric_numpy
from judder.engine.robust import mad

Floats = NDArray[np.float64]

WINDOWS_COMBINED = 5
MOST_DISTURBED = 2
DISTURBED_DEVIATIONS = 5.0
"""How far above the median of its logarithm, in robust deviations, the swing of a bumped window lies."""


@dataclass(frozen=True)
class Measured:
    """features (n, n_features) of one set; pose (n, 3), swing_g, rms_g and error_g2 (n,): see Motion in
    judder_core.judge. mode: (n,), the operating mode that each window is taken to be of.
    """

    windows: Windows
    features: Floats
    pose: Floats
    swing_g: Floats
    rms_g: Floats
    error_g2: Floats
    mode: NDArray[np.str_]

    def select(self, which: NDArray[np.bool_]) -> Self:
        return type(self)(
            self.windows.select(which),
            self.features[which],
            self.pose[which],
            self.swing_g[which],
            self.rms_g[which],
            self.error_g2[which],
            self.mode[which],
        )


def measure(windows: Windows, feature_set: str, mean_pose: Sequence[float] | None = None) -> Measured:
    """Return what was measured of windows, each condition taken for one operating mode.

    mean_pose: x, y, z in g, the model's, to which the features of windows are turned where the set does so.
    """
    starts = range(0, max(1, len(windows)), CHUNK)
    motions = [_motion(windows, slice(start, start + CHUNK)) for start in starts]
    where, swing_g, rms_g, error_g2 = (
        np.concatenate([motion[column] for motion in motions]) for column in range(len(motions[0]))
    )
    features = windows.features(feature_set, mean_pose)
    return Measured(windows, features, where, swing_g, rms_g, error_g2, windows.condition)


def _motion(windows: Windows, part: slice) -> list[Floats]:
    """Return (pose, swing_g, rms_g, error_g2) of a part of windows."""
    counts, scale_g = whole_counts(windows.samples[part], windows.scale_g[part])
    where, swing_g = pose.measure(numeric_numpy, counts, scale_g, windows.window_len)
    axes = stats.centred(numeric_numpy, counts)
    rms_g, error_g2 = pose.spread(numeric_numpy, counts, axes, scale_g, windows.window_len)
    return [np.stack(where, axis=-1), *map(np.asarray, (swing_g, rms_g, error_g2))]


def disturbed_limit(swing_g: Floats) -> float:
    """Return the swing, in g, from which a window of this machine counts as disturbed.

    A slow machine swings by itself; so the limit is learned, and robustly: bumps do not raise it.
    """
    logarithm = np.log(np.maximum(swing_g, 1e-6))
    centre = np.median(logarithm)
    deviation = max(0.1, float(mad(logarithm)))
    return float(np.exp(centre + DISTURBED_DEVIATIONS * deviation))


def combine(
    measured: Measured,
    disturbed_g: float,
    windows: int = WINDOWS_COMBINED,
    most_disturbed: int = MOST_DISTURBED,
) -> Floats:
    """Return the mean features that the judge would score after each window, NaN while there are too few."""
    means = np.full_like(measured.features, np.nan)
    for run in measured.windows.runs():
        evidence = Evidence(windows, most_disturbed, measured.features.shape[1], numeric_numpy)
        for k in run:
            mean = evidence.add(measured.features[k].tolist(), measured.swing_g[k] > disturbed_g)
            if mean is not None:
                means[k] = mean
    return means
