"""Whether there are enough normal windows, and of enough variety, to learn from."""

import numpy as np
from judder_core import features
from numpy.typing import NDArray

from judder.data.windows import Windows
from judder.detectors.base import Floats, Rows
from judder.errors import JudderError
from judder.training.folds import BLOCKS, LEAST_SCORES

LEAST_WINDOWS = 8
"""Of a condition."""


def check_lengths(rows: Rows, combined: int) -> None:
    """Raise JudderError where no recording is long enough to score a part of it by a model of the rest.

    combined: of how many windows the shortest mean is.
    """
    longest = max(len(where) for where in rows.stretches().values())
    least = BLOCKS * combined
    enough = 2 * (combined - 1) + LEAST_SCORES  # of two halves
    if longest < least:
        raise JudderError(
            f"No recording is long enough to calibrate on: the longest has {longest} of the {len(rows)}"
            " windows.",
            hint=f"Record at least {enough} windows without a break, better 50: judder record",
        )


def check_variety(values: Floats, feature_set: str) -> None:
    """Raise JudderError where a feature of the set is the same in all windows: values (n, n_features)."""
    if len(values) < LEAST_WINDOWS:
        return  # too few to tell
    same = np.ptp(values, axis=0) == 0
    if same.any():
        raise JudderError(
            f"Feature {features.names(feature_set)[int(np.argmax(same))]} is the same in all {len(values)}"
            " windows.",
            hint="Is an axis of the sensor stuck? Look at the recording: judder inspect",
        )


def check_numbers(windows: Windows, used: NDArray[np.bool_]) -> None:
    """Raise JudderError for a condition with too few windows in which the machine runs undisturbed."""
    for condition in dict.fromkeys(windows.condition.tolist()):
        mine = windows.condition == condition
        found = int((used & mine).sum())
        if found < LEAST_WINDOWS and not (found == 0 and used.any() and mine.sum() >= LEAST_WINDOWS):
            raise JudderError(
                f"Condition {condition} has {found} windows to learn from, of {int(mine.sum())}; at least"
                f" {LEAST_WINDOWS} are needed.",
                hint="Record more of it, about 400 windows: judder record",
            )
