"""How well each feature by itself tells windows apart."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from judder_core import features
from numpy.typing import NDArray

from judder.data.windows import Windows
from judder.evaluation.intervals import auc
from judder.evaluation.why import band_hz
from judder.quality.survey import AXES
from judder.report.thinning import evenly

Floats = NDArray[np.float64]

FEATURE_SETS = ("vibration", "statistics")
MOST_WINDOWS = 4000
MOST_CONDITIONS = 12
"""Of those that nobody labelled: their pairs are compared."""


@dataclass(frozen=True)
class Separation:
    """auc: that an anomalous window's feature is above a normal one's; below 0.5 it is lower.

    higher: whether anomalous windows have more of it; None where auc is a mean over pairs of conditions that
    nobody labelled, each pair's turned to 0.5 or more. pose: whether it sees the mounting, not vibration.
    words: its name, with what it looks at.
    """

    name: str
    words: str
    auc: float
    higher: bool | None
    pose: bool

    @property
    def strength(self) -> float:
        return abs(self.auc - 0.5)


def separations(
    windows: Windows, normal: Sequence[str] = (), anomalous: Sequence[str] = ()
) -> list[Separation]:
    """Return every feature's Separation, the strongest first; of all pairs of conditions without labels.

    The mean of each axis is among them, to show what pose alone does.
    """
    labelled = bool(normal) and bool(anomalous)
    names = [*normal, *anomalous] if labelled else _names(windows)[:MOST_CONDITIONS]
    few = evenly(windows, MOST_WINDOWS, names)
    sides = [(normal, anomalous)] if labelled else [((a,), (b,)) for a, b in combinations(names, 2)]
    masks = [[np.isin(few.condition, list(side)) for side in pair] for pair in sides]
    found = [
        Separation(name, _words(name, few), *_auc(values, masks, labelled), name.startswith("mean_"))
        for name, values in _features(few).items()
        if masks
    ]
    return sorted(found, key=lambda separation: -separation.strength)


def _names(windows: Windows) -> list[str]:
    return list(dict.fromkeys(windows.condition.tolist()))


def _features(windows: Windows) -> dict[str, Floats]:
    """Return every feature of windows by name, (n,) each; one that two sets have comes once."""
    columns = {
        name: column
        for feature_set in FEATURE_SETS
        for name, column in zip(features.names(feature_set), windows.features(feature_set).T, strict=True)
    }
    means = windows.in_g().mean(axis=1)
    return {**columns, **{f"mean_{axis}": means[:, k] for k, axis in enumerate(AXES)}}


def _words(name: str, windows: Windows) -> str:
    kind, _, which = name.rpartition("_")
    if kind == "mean":
        return f"{name} (pose)"
    if kind != "band":
        return name
    bands = sum(other.startswith("band_") for other in features.names(FEATURE_SETS[0]))
    low_hz, high_hz = band_hz(int(which), bands, windows.window_len, windows.sample_rate_hz)
    return f"{name} ({low_hz:.0f}-{high_hz:.0f} Hz)"


def _auc(values: Floats, masks: list[list[NDArray[np.bool_]]], labelled: bool) -> tuple[float, bool | None]:
    found = [auc(values[normal], values[anomalous]) for normal, anomalous in masks]
    areas = [0.5 if area is None else area for area in found]  # a side may have no window
    if labelled:
        return areas[0], areas[0] >= 0.5
    return float(np.mean([max(area, 1 - area) for area in areas])), None
