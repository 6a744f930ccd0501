"""How the cost of a window grows with the boards that there are, and with the windows that are stored."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from judder_core.window import FLAG_LOCAL_SCORE
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from judder.bench.speed import cost
from judder.bench.speed.clients import Asking
from judder.bench.speed.fill import fill
from judder.data.sources import windows_of
from judder.simulation import FanOptions, simulate

BOARDS = (1, 10, 100, 1000)
STORED = (10_000, 100_000, 1_000_000)
FEW_BOARDS = 32
WINDOW_LEN = 256
SECONDS = 3.0


@dataclass(frozen=True)
class Point:
    """What a window and an empty POST cost, measured one after the other."""

    boards: int
    stored: int
    window_us: float
    empty_us: float
    windows_per_s: float

    @property
    def ratio(self) -> float:
        return self.window_us / self.empty_us


@dataclass(frozen=True)
class Growth:
    """Points over the number of boards, and over that of stored windows."""

    by_boards: list[Point]
    by_stored: list[Point]

    @property
    def points(self) -> list[Point]:
        return [*self.by_boards, *self.by_stored]


def measure(folder: Path, boards: Sequence[int], stored: Sequence[int], seconds: float = SECONDS) -> Growth:
    """Return what a window costs, one that its board has judged: with so many boards on the smallest history,
    and with so many windows stored, each history the one before and more.
    """
    counts = folder / "counts.i16"
    counts.write_bytes(machine_counts())
    asking = Asking(0, seconds, flags=FLAG_LOCAL_SCORE, counts=str(counts))
    fill(folder / "boards", 0, stored[0], FEW_BOARDS)
    return Growth(
        [_point(folder / "boards", _of(asking, number), stored[0]) for number in boards],
        list(_histories(folder / "stored", asking, stored)),
    )


def machine_counts() -> bytes:
    """Return windows of a fan as a board counts them, int16."""
    fan = windows_of([simulate(FanOptions(seconds=60))], sample_rate_hz=250.0, window_len=WINDOW_LEN)
    return fan.samples.astype("<i2").tobytes()


def _histories(folder: Path, asking: Asking, numbers: Sequence[int]) -> Iterator[Point]:
    for before, stored in zip((0, *numbers), numbers, strict=False):
        fill(folder, before, stored, FEW_BOARDS)
        yield _point(folder, asking, stored)


def _of(asking: Asking, boards: int) -> Asking:
    return replace(asking, boards=boards, clients=min(boards, asking.clients))


def _point(folder: Path, asking: Asking, stored: int) -> Point:
    with cost.serving("judder.bench.speed.bare") as bare, cost.judder(folder) as server:
        window, empty = server.cost(asking), bare.cost(Asking(0, asking.seconds, frames=0))
    return Point(asking.boards, stored, window.each_us, empty.each_us, window.per_s)


def figure_of(growth: Growth) -> Figure:
    """Return both as curves: how many empty POSTs a window costs."""
    figure = Figure(figsize=(9, 3.5), layout="constrained")
    left, right = figure.subplots(1, 2, sharey=True)
    _draw(left, "boards", [(point.boards, point.ratio) for point in growth.by_boards])
    _draw(right, "stored windows", [(point.stored, point.ratio) for point in growth.by_stored])
    left.set_ylabel("CPU of a window, in empty POSTs")
    return figure


def _draw(axes: Axes, name: str, points: Sequence[tuple[int, float]]) -> None:
    axes.plot(*zip(*points, strict=True), marker="o")
    axes.set(xscale="log", xlabel=name, ylim=(0, None))
    axes.grid(alpha=0.3)
