"""As many windows as a figure can show."""

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from judder.data.windows import Windows


def evenly(windows: Windows, most: int, conditions: Sequence[str] | None = None) -> Windows:
    """Return at most that many of windows, evenly chosen, as many of each condition (all unless given)."""
    names = list(dict.fromkeys(windows.condition.tolist())) if conditions is None else conditions
    share = max(1, most // max(1, len(names)))
    return windows.select(np.concatenate([np.arange(0), *_picks(windows, names, share)]))


def _picks(windows: Windows, names: Sequence[str], share: int) -> Iterator[NDArray[np.int64]]:
    for name in names:
        mine = np.flatnonzero(windows.condition == name)
        yield mine[:: max(1, -(-len(mine) // share))]
