"""The recorded machines that Judder was designed on: what each is trained on, and what it is then asked."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from judder.bench import fan
from judder.bench.rig import FAULTS, Rig
from judder.data.recording import Recording, Segment
from judder.data.sources import load, windows_of
from judder.data.windows import Windows, names_of
from judder.errors import JudderError
from judder.evaluation.cross_validation import Fold, in_folds

UCI_WINDOW_LEN = 64
"""1.3 s at 50 Hz."""
SIX_SPEEDS = ("050", "060", "070", "080", "090", "100")
"""Per cent of full speed: a board's model holds six modes."""
LATER = "later"

Labels = Mapping[str, Sequence[str]]
"""A word of the table: the conditions that it stands for."""


@dataclass(frozen=True)
class Machine:
    """folds: for each of its models, what it is trained on and what it is asked. healthy, faults: which of
    that must stay silent, which be found.
    """

    name: str
    folds: Sequence[Fold]
    healthy: Labels
    faults: Labels

    @property
    def labels(self) -> Labels:
        return {**self.healthy, **self.faults}


@dataclass(frozen=True)
class Paths:
    """Where the recordings of each machine are, None where they are not: the ceiling fan's, the rig's, those
    of UCI's small fan and of the gearbox.
    """

    fan: Path
    rig: Path | None = None
    small_fan: Path | None = None
    gearbox: Path | None = None


def machines(paths: Paths) -> Iterator[Machine]:
    """Yield the machines that there are recordings of."""
    if paths.small_fan:
        yield from small_fan(paths.small_fan)
    if paths.gearbox:
        yield gearbox(paths.gearbox)
    windows = fan.fan_windows(paths.fan)
    yield from (ceiling_fan(windows, task) for task in fan.TASKS)
    if paths.rig:
        yield rig(Rig.load(paths.rig))


def each_once(every: Iterable[Machine]) -> list[Machine]:
    """Return one of what each machine is asked: the first task of the ceiling fan, and so on.

    >>> asked = ("small fan, 6 speeds", "ceiling fan, task E", "ceiling fan, task F")
    >>> [machine.name for machine in each_once(Machine(name, (), {}, {}) for name in asked)]
    ['small fan, 6 speeds', 'ceiling fan, task E']
    """
    found: dict[str, Machine] = {}
    for machine in every:
        found.setdefault(machine.name.partition(",")[0], machine)
    return list(found.values())


def small_fan(path: Path) -> Iterator[Machine]:
    """Yield UCI's small fan with six speeds as modes, and with all 17 one after another in one recording."""
    recordings = load(path)
    speeds = [f"{kind}-{speed}" for kind in ("normal", LATER, "fault1", "fault2") for speed in SIX_SPEEDS]
    some = windows_of(recordings, speeds, window_len=UCI_WINDOW_LEN)
    yield _parts("small fan, 6 speeds", some, ("fault1", "fault2"))
    joined = [_joined(recordings, kind) for kind in ("normal", LATER, "fault1", "fault2")]
    every = windows_of(joined, window_len=UCI_WINDOW_LEN)
    yield _parts("small fan, 17 speeds in one recording", every, ("fault1", "fault2"))


def gearbox(path: Path) -> Machine:
    return _parts("gearbox, 3 loads", windows_of(path), ("fault",))


def ceiling_fan(windows: Windows, task: str) -> Machine:
    """Return a task of the ceiling fan: blocked folds, of which the last is later than what it learned."""
    normal, anomalous = fan.sides(task)
    folds = list(in_folds(windows, normal, anomalous, fan.FOLDS))
    rest, tested = folds[-1]
    folds[-1] = (rest, _renamed(tested, normal))
    earlier = {"blocks held out": normal, LATER: [f"{LATER} {name}" for name in normal]}
    faults = {name.removeprefix("fan_0_").replace("_weight", ""): [name] for name in anomalous}
    return Machine(f"ceiling fan, task {task}", folds, earlier, faults)


def rig(data: Rig) -> Machine:
    faults = {fault: data.with_part(fault) for fault in FAULTS}
    folds = list(data.folds([name for names in faults.values() for name in names]))
    return Machine(f"rig, {len(data.healthy)} speeds", folds, {"other half": data.healthy}, faults)


def _parts(name: str, windows: Windows, faults: Iterable[str]) -> Machine:
    """Return a machine whose conditions begin with normal, later or a fault's name.

    Raises JudderError where there is none of one of them.
    """
    conditions = names_of(windows.recordings)
    parts = ("normal", LATER, *faults)
    labels = {part: [each for each in conditions if each.startswith(part)] for part in parts}
    lacking = [part for part, names in labels.items() if not names]
    if lacking:
        raise JudderError(
            f"No condition of the {name} begins with {', '.join(lacking)}.", hint="Are these its recordings?"
        )
    learned = windows.of(labels.pop("normal"))
    tested = windows.of([each for names in labels.values() for each in names])
    return Machine(name, [(learned, tested)], {LATER: labels.pop(LATER)}, labels)


def _joined(recordings: Sequence[Recording], kind: str) -> Recording:
    """Return the recordings whose names begin with kind as one run of the machine."""
    mine = [recording for recording in recordings if recording.condition.startswith(kind)]
    rows = np.concatenate([segment.samples for recording in mine for segment in recording.segments])
    return replace(mine[0], condition=kind, name=kind, segments=(Segment("0000", 0, rows),))


def _renamed(tested: Windows, normal: Iterable[str]) -> Windows:
    """Return what a fold tests, its normal conditions named as later ones."""
    names = [f"{LATER} {name}" if name in normal else name for name in tested.condition.tolist()]
    return replace(tested, condition=np.array(names))
