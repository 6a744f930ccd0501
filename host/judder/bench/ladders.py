"""Severity ladders: does a fault that grows ever become less told?

Each machine is learnt healthy, once per range of its sensor; then its faults grow step after step, and each
step is recorded anew by several seeds.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from judder.bench.levels import FIRST, Count, count
from judder.bench.simulated import recorded
from judder.bench.spread import spread
from judder.model.model import Model
from judder.simulation import FanOptions, Fault, fan_options
from judder.training.train import train

MACHINES = ("ceiling-fan", "desk-fan", "motor")
SPEEDS = ("low", "med", "high")
RANGES_G = (2, 4, 16)
SEEDS = 10
SIZES = {
    "imbalance": (1.5, 2, 3, 5, 10, 20, 50, 100, 200, 400, 700, 1000),
    "looseness": (0.1, 0.2, 0.5, 1, 2, 5, 10, 30, 100),
    "clipping": (0.05, 0.2, 0.5, 1, 2, 4, 8, 16, 40),
    "rub": (0.1, 0.25, 0.5, 1, 2, 5, 20, 100),
    "misalignment": (0.1, 0.2, 0.4, 0.8, 1.6, 3, 10, 50, 200),
}
"""Imbalance: times the healthy one; the others: as `judder simulate --fault` has them."""
LEARNT_S, STEP_S = 410.0, 120.0
MOST_LOWER = 0.05
"""A step up may lower a share by this much."""
SURE = ({"imbalance": 400.0}, {"imbalance": 800.0}, {"faults": (Fault("clipping", 5.0),)})
"""Of a desk fan, what nobody can fail to feel: it must alert."""


@dataclass(frozen=True)
class Climb:
    """One fault of one machine on its way up: the count at each size, the healthy machine's first, size 0."""

    machine: str
    speed: str
    range_g: int
    fault: str
    counts: Mapping[float, Count]

    def reaches(self, level: str, share: float) -> float | None:
        """Return the size from which on a level has that share of the windows; None where none has."""
        size = None
        for each in reversed(list(self.counts)):
            if self.counts[each].share(level) < share:
                break
            size = each
        return size

    def falls(self) -> Iterator[tuple[str, float, float, float]]:
        """Yield (level, size, share before, share there) of each step up that lowers a share too far."""
        for level in ("notice", "alarm"):
            for (_, before), (size, there) in pairwise(self.counts.items()):
                if there.share(level) < before.share(level) - MOST_LOWER:
                    yield level, size, before.share(level), there.share(level)


def climbs(workers: int | None = None) -> Iterator[Climb]:
    """Yield the climbs of all faults of all machines, at all speeds and ranges, on so many processes."""
    asked = [(name, speed, range_g) for name in MACHINES for speed in SPEEDS for range_g in RANGES_G]
    for found in spread(climb, asked, workers):
        yield from found


def climb(
    of: tuple[str, str, int],
    seeds: Sequence[int] = range(SEEDS),
    sizes: Mapping[str, Sequence[float]] = SIZES,
) -> list[Climb]:
    """Return the climb of each fault in sizes, each step recorded by each of the seeds.

    of: the machine's name, its speed, the range of its sensor in g.
    """
    machine, speed, range_g = of
    healthy = replace(fan_options(machine, speed), range_g=range_g)
    model = train(recorded(replace(healthy, seconds=LEARNT_S, seed=1000)), name=machine)
    none = step(model, healthy, seeds)
    return [
        Climb(machine, speed, range_g, fault, {0.0: none, **_counts(model, healthy, fault, ladder, seeds)})
        for fault, ladder in sizes.items()
    ]


def _counts(
    model: Model, healthy: FanOptions, fault: str, ladder: Sequence[float], seeds: Sequence[int]
) -> dict[float, Count]:
    return {size: step(model, grown(healthy, fault, size), seeds) for size in ladder}


def step(model: Model, options: FanOptions, seeds: Sequence[int]) -> Count:
    """Return what a model says of a machine that so many seeds recorded."""
    windows = recorded(replace(options, seconds=STEP_S), seeds)
    return count(model.score(windows), first=FIRST)


def grown(healthy: FanOptions, fault: str, size: float) -> FanOptions:
    """Return the machine with a fault of that size."""
    if fault == "imbalance":
        return replace(healthy, imbalance=size)
    return replace(healthy, faults=(Fault(fault, size),))


def surely_felt() -> Iterator[tuple[str, Count]]:
    """Yield what was done to the desk fan of `judder simulate`, and what a model of it says."""
    model = train(recorded(FanOptions(seed=1)), name="desk-fan")
    for changes in SURE:
        scored = model.score(recorded(FanOptions(seconds=STEP_S, **changes)))
        yield ", ".join(f"{name} {value}" for name, value in changes.items()), count(scored)
