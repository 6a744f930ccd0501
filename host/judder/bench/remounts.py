"""Remounts of real machines: held-out recordings as a sensor turned by some degrees would have made them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from judder.bench.levels import Count, count, total
from judder.bench.machines import Machine
from judder.data.turning import turned
from judder.data.windows import Windows
from judder.training.train import train

DEGREES = (5, 10, 15, 20)
AXES = 5
"""Random axes, besides gravity's."""
SEED = 7
UNTURNED, ANY, GRAVITY = "nothing", "any axis", "gravity's axis"
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Turned:
    """One label of a machine after a turn by so many degrees about some axes: the count over all of them."""

    machine: str
    label: str
    is_fault: bool
    degrees: int
    about: str
    count: Count


def remount(machine: Machine, degrees: Sequence[int] = DEGREES, **training: Any) -> Iterator[Turned]:
    """Yield what the last of a machine's models, trained unturned, says of each label turned.

    training: options of judder.train.
    """
    learned, tested = machine.folds[-1]
    model = train(learned, **training)
    for label, names in machine.labels.items():
        mine = tested.of(names)
        for angle, about, axes in _turns(mine, degrees) if len(mine) else ():
            found = total(count(model.score(turned(mine, axis, angle))) for axis in axes)
            yield Turned(machine.name, label, label in machine.faults, angle, about, found)


def _turns(windows: Windows, degrees: Sequence[int]) -> Iterator[tuple[int, str, Floats]]:
    """Yield (degrees, about what, unit vectors (n, 3)): once as it was, then turned."""
    upright = gravity(windows)[None]
    yield 0, UNTURNED, upright
    for angle in degrees:
        yield angle, ANY, random_axes(AXES)
        yield angle, GRAVITY, upright


def random_axes(n: int) -> Floats:
    """Return unit vectors, (n, 3), even over the sphere; the same ones always."""
    axes = np.random.default_rng(SEED).standard_normal((n, 3))
    unit: Floats = axes / np.linalg.norm(axes, axis=1, keepdims=True)
    return unit


def gravity(windows: Windows) -> Floats:
    """Return where the mean of all samples points; it is noise where a sensor has no gravity."""
    mean: Floats = windows.in_g().mean(axis=(0, 1))
    return mean / np.linalg.norm(mean)
