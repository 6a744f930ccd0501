"""What a model says of windows at both levels, counted."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field, fields

import numpy as np
from judder_core.decision import ALARM, NOTICE, STANDSTILL
from numpy.typing import NDArray

from judder.model.evidence import WINDOWS_COMBINED
from judder.model.scoring import Flags, Scored

FIRST = WINDOWS_COMBINED - 1
"""Of a run, so many windows are over before there is evidence to judge."""


@dataclass(frozen=True)
class Count:
    """Of so many windows, how many are at a level or above it; notices, alarms: how often that began.

    mounting_changed: windows in which another mounting is told. skipped: windows by why they count for
    nothing: "disturbed", "standstill", or "too early" in their run.
    """

    windows: int = 0
    notice: int = 0
    alarm: int = 0
    notices: int = 0
    alarms: int = 0
    mounting_changed: int = 0
    skipped: Counter[str] = field(default_factory=Counter)

    def __add__(self, other: "Count") -> "Count":
        return Count(
            **{each.name: getattr(self, each.name) + getattr(other, each.name) for each in fields(self)}
        )

    def share(self, name: str) -> float:
        """Return the share of the windows that count name has; NaN where there are no windows."""
        return float(getattr(self, name)) / self.windows if self.windows else float("nan")


def total(counts: Iterable[Count]) -> Count:
    return sum(counts, Count())


def count(scored: Scored, which: Flags | None = None, first: int = 0) -> Count:
    """Return the count of the windows that which, a mask (n,), names.

    first: so many of each run are left out.
    """
    runs = [run for run in scored.windows.runs() if which is None or which[run[0]]]
    counted = np.concatenate([run[first:] for run in runs]) if runs else np.empty(0, np.int64)
    return Count(
        len(counted),
        int((scored.level[counted] >= NOTICE).sum()),
        int((scored.level[counted] >= ALARM).sum()),
        sum(_risen(scored.level[run] >= NOTICE) for run in runs),
        sum(_risen(scored.level[run] >= ALARM) for run in runs),
        int(scored.mounting_changed[counted].sum()),
        _skipped(scored, counted),
    )


def _risen(on: Flags) -> int:
    return int((np.diff(on.astype(int), prepend=0) == 1).sum())


def _skipped(scored: Scored, counted: NDArray[np.int64]) -> Counter[str]:
    state = scored.state[counted]
    early = np.isnan(scored.combined_score[counted]) & (state == "normal")
    told = {why: int((state == why).sum()) for why in ("disturbed", STANDSTILL)}
    return +Counter({**told, "too early": int(early.sum())})
