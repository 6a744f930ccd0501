"""The evaluation page as Markdown: what was asked, what was found, and how far to trust it."""

from collections import Counter
from collections.abc import Iterator

from judder.bench import fan_section, levels_section, remounts_section, rig_section, simulator_section
from judder.bench.fan import FOLDS, RATE_HZ, TASKS, fan_windows, figures_of
from judder.bench.machines import Paths, each_once, machines
from judder.bench.markdown import paragraph
from judder.bench.rig import Rig
from judder.data.windows import Windows
from judder.model.evidence import WINDOWS_COMBINED
from judder.training.fitting import FEATURES


def page(paths: Paths, days: bool, alternatives: bool) -> Iterator[str]:
    """Yield the page's lines, as they are computed.

    days: with what takes minutes in the simulator. alternatives: with the other feature sets.
    """
    fan, rig = fan_windows(paths.fan), Rig.load(paths.rig) if paths.rig else None
    every = list(machines(paths))
    yield from head(fan, rig)
    yield from levels_section.section(every)
    yield from remounts_section.section(each_once(every))
    found = {task: figures_of(task, fan) for task in TASKS}
    yield from fan_section.section(fan, found, alternatives)
    if rig:
        yield from rig_section.section(rig)
    yield from simulator_section.section(days)


def head(fan: Windows, rig: Rig | None) -> Iterator[str]:
    """Yield what the figures are, and what they cannot say."""
    yield "# What Judder detects"
    yield paragraph(
        "Made by `judder bench`, of the one pipeline of `judder train` and `judder evaluate`.",
        f"One configuration for all machines, the default: features `{FEATURES}`, a shrunk Gaussian for each",
        f"operating mode, the mean residual of {WINDOWS_COMBINED} windows, and of more where a recording is",
        "long enough. It was chosen on these very machines and on the simulator, so other machines may fare",
        "worse. Pose is in no score.",
    )
    yield paragraph(
        f"Each recording of the ceiling fan is cut into {FOLDS} blocks in time; a model of the others scores",
        "each, with a window's gap at each border. All windows that a model learns from are fitted, and all",
        "calibrate, each scored by a model of others.",
    )
    each = Counter(recording.condition for recording in fan.recordings)
    seconds = min(recording.rows for recording in fan.recordings) / RATE_HZ
    yield paragraph(
        f"Read them with care: the fan has {len(each)} conditions and {max(each.values())} recording of each",
        f"(the shortest has {seconds / 60:.1f} minutes), so nothing here tells how the machine differs on",
        "another day.",
        f"The rig's recordings last {rig.seconds:.1f} seconds each." if rig else "",
    )
