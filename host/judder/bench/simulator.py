"""The simulator: the smallest fault found, and what a remount does."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
from judder_core.decision import ALARM, NOTICE

from judder.bench.levels import count
from judder.bench.simulated import recorded
from judder.data.turning import turned
from judder.model.model import TrainedModel
from judder.model.scoring import Scored
from judder.simulation import FanOptions, fan_options
from judder.training.train import train

LEARNT_S, WATCHED_S, TURNED_S = 1800.0, 180.0, 60.0
MASSES_G = (0.5, 1.0, 2.0, 5.67)
"""The last is a quarter."""
AT_M = 0.5
RUNS = 5
REMOUNTS = 20
TURNED_DEGREES = (5, 20)


@dataclass(frozen=True)
class Found:
    """A mass on a blade: the seconds until each run's first NOTICE and ALARM, None where there was none."""

    speed: str
    mass_g: float
    notice_s: list[float | None]
    alarm_s: list[float | None]


@dataclass(frozen=True)
class Remounted:
    """Of so many remounts, how many were told as such, and how many reached a level."""

    remounts: int
    told: int
    notices: int
    alarms: int


def trained_on(options: FanOptions) -> TrainedModel:
    """Train as `train` advises: on recordings of two days."""
    days = options.seed, options.seed + 1
    return train(recorded(replace(options, seconds=LEARNT_S), days), name="simulated")


def smallest_fault() -> Iterator[Found]:
    """Yield when a mass on a blade of a 5 kg ceiling fan is found."""
    for speed in ("low", "med", "high"):
        machine = fan_options("ceiling-fan", speed, seconds=WATCHED_S, at_m=AT_M)
        model = trained_on(machine)
        for mass_g in MASSES_G:
            heavier = replace(machine, extra_mass_g=mass_g)
            scored = [model.score(recorded(replace(heavier, seed=50 + seed))) for seed in range(RUNS)]
            notices, alarms = ([_seconds_to(run, level) for run in scored] for level in (NOTICE, ALARM))
            yield Found(speed, mass_g, notices, alarms)


def remounted() -> Remounted:
    """Return what is said of a desk fan whose sensor was turned by TURNED_DEGREES."""
    machine = fan_options("desk-fan", "med")
    model = trained_on(machine)
    rng = np.random.default_rng(7)
    counts = []
    for k in range(REMOUNTS):
        windows = recorded(replace(machine, seconds=TURNED_S, seed=300 + k))
        degrees, around = rng.uniform(*TURNED_DEGREES), rng.uniform(0, 2 * np.pi)
        horizontal = np.array([np.cos(around), np.sin(around), 0.0])
        counts.append(count(model.score(turned(windows, horizontal, degrees))))
    told = sum(each.mounting_changed > 0 for each in counts)
    levels = (sum(each.notices > 0 for each in counts), sum(each.alarms > 0 for each in counts))
    return Remounted(REMOUNTS, told, *levels)


def _seconds_to(scored: Scored, level: int) -> float | None:
    """Return the seconds until a window that reaches a level is over; None where none does."""
    reached = np.flatnonzero(scored.level >= level)
    return float((reached[0] + 1) * scored.windows.step_s) if len(reached) else None
