"""How fast a healthy machine drifts away from its own model, seen in its training data.

A feature that drifts steadily makes the squared distance grow with the square of the time that passed. So
the growth from the windows fitted to those held out later says how far it will have gone later still.
"""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from judder.detectors import Detector
from judder.errors import JudderError
from judder.model.evidence import WINDOWS_COMBINED, Measured

Floats = NDArray[np.float64]

FOLDS = 4
LAG = 0.5
"""From the middle of the windows fitted to that of the windows held out, in lengths of the recording."""
HORIZON = 1.1
"""To where the thresholds still hold: until half a recording's length after its end."""
SIGNIFICANT = 2.0
UNSEEN = 1.25
"""What thresholds are multiplied by while any condition is one recording: no other day was seen.

A quarter, as ISO 20816-1 sets an alarm above the baseline of a machine."""
MUCH = 1.15
"""Growth of the distance from which people are warned."""


@dataclass(frozen=True)
class Drift:
    """before, after: the median combined distance of windows of the same time and of the later ones, of the
    recording in which it grew most. recordings: how many there are of each condition; what several boards
    recorded at once counts once.
    """

    condition: str = ""
    before: float = 0.0
    after: float = 0.0
    growth: float = 0.0
    recordings: dict[str, int] = field(default_factory=dict)

    def allow(self, threshold: float) -> float:
        """Return the threshold with room for the drift until the horizon, and for days nobody saw."""
        speed = self.growth / LAG**2
        margin = UNSEEN if 1 in self.recordings.values() else 1.0
        return margin * float(np.sqrt(threshold**2 + speed * (HORIZON**2 - LAG**2)))

    def warnings(self) -> list[str]:
        found = []
        if self.growth and self.after > MUCH * self.before:
            found.append(
                f"{self.condition} drifts: the distance of its later windows is {self.after:.1f}, of those"
                f" fitted {self.before:.1f}. These windows are too alike: record it again on another day, and"
                " train on both."
            )
        alone = [condition for condition, count in self.recordings.items() if count == 1]
        if alone:
            found.append(
                f"{', '.join(alone)}: one recording each. Nothing in it tells how the machine differs on"
                " another day or after remounting; record it again then, and train on both."
            )
        return found


def measure_drift(
    measured: Measured,
    means: Floats,
    fitted: NDArray[np.bool_],
    held_out: NDArray[np.bool_],
    detector: Detector,
) -> Drift:
    """Return the Drift of the recording that drifts most.

    means: the mean features of each window's evidence, NaN where there are too few. The distance without
    drift is that of windows in the middle of the others they are compared with: blocked folds of the windows
    fitted, each scored by a model of the rest.
    """
    windows = measured.windows
    recordings = {
        str(c): len(set(windows.group[windows.condition == c].tolist()))
        for c in dict.fromkeys(windows.condition)
    }
    there = ~np.isnan(means[:, 0])
    base = _without_drift(measured, means, fitted & there, detector)
    worst = Drift(recordings=recordings)
    for mine in windows.by_recording():
        early = base[mine][~np.isnan(base[mine])] ** 2
        late = mine[(held_out & there)[mine]]
        if len(early) < 4 * WINDOWS_COMBINED or len(late) < 4 * WINDOWS_COMBINED:
            continue
        later = detector.score(means[late]) ** 2
        growth = float(np.median(later) - np.median(early))
        error = 1.25 * np.hypot(*(x.std() / np.sqrt(len(x) / WINDOWS_COMBINED) for x in (early, later)))
        if growth > max(SIGNIFICANT * error, worst.growth):
            before, after = float(np.sqrt(np.median(early))), float(np.sqrt(np.median(later)))
            worst = Drift(str(windows.condition[mine[0]]), before, after, growth, recordings)
    return worst


def _without_drift(
    measured: Measured, means: Floats, usable: NDArray[np.bool_], detector: Detector
) -> Floats:
    """Return the distance of each usable window to a model of the other folds, NaN elsewhere."""
    fold = np.full(len(usable), -1)
    for mine in measured.windows.by_recording():
        inside = mine[usable[mine]]
        fold[inside] = np.arange(len(inside)) * FOLDS // max(1, len(inside))
    distance = np.full(len(usable), np.nan)
    for k in range(FOLDS):
        rest = (fold >= 0) & (fold != k)
        try:
            other = detector.fresh().fit(measured.features[rest], measured.mode[rest])
        except JudderError:  # too few windows to tell
            return distance
        distance[fold == k] = other.score(means[fold == k]) if (fold == k).any() else np.nan
    return distance
