"""The published recordings of a test rig at 1 kHz: four faults at five speeds, and speeds left out."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from judder.bench.levels import count
from judder.data.sources import windows_of
from judder.data.windows import Windows, concatenate, names_of
from judder.errors import JudderError
from judder.evaluation.cross_validation import Fold, over_folds
from judder.training.train import train

RATE_HZ, WINDOW_LEN, HOP = 1000.0, 256, 64
FAULTS = ("imbalance-light", "imbalance-very-heavy", "bent-shaft", "outer-race-heavy")
BORDER = 2
"""Windows on each side of a recording's middle that are left out: they overlap the next WINDOW_LEN rows."""


@dataclass(frozen=True)
class Rig:
    windows: Windows

    @classmethod
    def load(cls, path: Path) -> Self:
        """Return the recordings in path. Raises JudderError where they are others."""
        rig = cls(windows_of(path, sample_rate_hz=RATE_HZ, window_len=WINDOW_LEN, hop=HOP))
        lacking = [part for part in ("healthy", *FAULTS) if not rig.with_part(part)]
        if lacking:
            raise JudderError(
                f"{path} lacks {', '.join(lacking)} of the rig.", hint="Are these its recordings?"
            )
        return rig

    @property
    def seconds(self) -> float:
        """How long the shortest recording is."""
        return min(recording.rows for recording in self.windows.recordings) / RATE_HZ

    @property
    def healthy(self) -> list[str]:
        """The conditions without a fault, one a speed."""
        return self.with_part("healthy")

    def with_part(self, part: str) -> list[str]:
        """Return the conditions whose name has a part, such as a fault."""
        return [name for name in names_of(self.windows.recordings) if part in name]

    def folds(self, anomalous: list[str]) -> Iterator[Fold]:
        """Yield (what to train on, what to test): halves of each healthy recording, then swapped."""
        normals, anomalies = self.windows.of(self.healthy), self.windows.of(anomalous)
        half = halves(normals)
        for k in range(2):
            yield normals.select(half == k), concatenate([normals.select(half == 1 - k), anomalies])

    def fault(self, fault: str) -> dict[str, Any]:
        """Return the figures of a fault at all speeds against the healthy speeds."""
        anomalous = self.with_part(fault)
        return over_folds(self.folds(anomalous), self.healthy, anomalous)

    def left_out_speeds(self) -> Iterator[dict[str, Any]]:
        """Yield what a model of the other speeds says of a healthy machine at a speed it never saw."""
        for left_out in self.healthy:
            others = [name for name in self.healthy if name != left_out]
            scored = train(self.windows.of(others)).score(self.windows.of([left_out]))
            known = ~np.isnan(scored.combined_score)
            yield {
                "recording": left_out,
                "distance": float(np.median(scored.combined_score[known])),
                "count": count(scored),
            }


def halves(windows: Windows) -> NDArray[np.int64]:
    """Return 0 for windows of the first half of their recording, 1 for the second, -1 between them."""
    half = np.full(len(windows), -1)
    for mine in windows.by_recording():
        middle = len(mine) // 2
        half[mine[: middle - BORDER]], half[mine[middle + BORDER :]] = 0, 1
    return half


def distances(figures: dict[str, Any]) -> list[float]:
    """Return the median combined score of each anomalous condition in each fold of a fault's figures."""
    return [
        row["median_combined_score"]
        for fold in figures["folds"]
        for row in fold["per_condition"].values()
        if row["label"] == "anomaly"
    ]
