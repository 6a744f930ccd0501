"""Machines judged as `judder train` and `judder evaluate` do it, and by the reference's method."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from judder.bench.levels import Count, count, total
from judder.bench.machines import Machine
from judder.bench.reference_mahalanobis import ReferenceMahalanobis
from judder.data.windows import Windows
from judder.evaluation.intervals import auc
from judder.model.scoring import Scored
from judder.training.train import train


@dataclass(frozen=True)
class Row:
    """One label of a machine. per_condition: the count of each of its conditions; count: of all of them.

    auc: of the evidence of several windows against the healthy ones, the mean over the models; None of what
    is healthy itself. reference: the share over the threshold of the reference's method.
    """

    machine: str
    label: str
    is_fault: bool
    per_condition: Mapping[str, Count]
    auc: float | None
    reference: float

    @property
    def count(self) -> Count:
        return total(self.per_condition.values())


def judge(machine: Machine, **training: Any) -> list[Row]:
    """Return the rows of a machine, what is healthy first. training: options of judder.train."""
    scored = [(train(learned, **training).score(tested)) for learned, tested in machine.folds]
    flagged = [_by_reference(learned, tested) for learned, tested in machine.folds]
    return [
        Row(
            machine.name,
            label,
            label in machine.faults,
            {each: total(count(fold, fold.windows.condition == each) for fold in scored) for each in names},
            _auc(machine, scored, names) if label in machine.faults else None,
            _share(flagged, [fold.windows for fold in scored], names),
        )
        for label, names in machine.labels.items()
    ]


def _by_reference(learned: Windows, tested: Windows) -> Any:
    reference = ReferenceMahalanobis().fit(learned)
    return reference.score(tested) > reference.threshold_


def _share(flagged: list[Any], windows: list[Windows], names: Any) -> float:
    mine = [flags[np.isin(tested.condition, names)] for flags, tested in zip(flagged, windows, strict=True)]
    return float(np.concatenate(mine).mean())


def _auc(machine: Machine, scored: list[Scored], names: Any) -> float:
    healthy = [each for conditions in machine.healthy.values() for each in conditions]
    found = []
    for fold in scored:
        known = ~np.isnan(fold.combined_score)
        normal, faulty = (known & np.isin(fold.windows.condition, side) for side in (healthy, names))
        found.append(auc(fold.combined_score[normal], fold.combined_score[faulty]) or 0.0)
    return float(np.mean(found))
