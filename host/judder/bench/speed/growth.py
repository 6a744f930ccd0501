"""How the cost of a window grows with the boards that there are, and with the windows that are stored."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from judder.bench.speed import cost
from judder.bench.speed.clients import Asking
from judder.bench.speed.fill import fill

BOARDS = (1, 10, 100, 1000)
STORED = (10_000, 100_000, 1_000_000)
FEW_BOARDS = 32


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


def with_boards(folder: Path, asking: Asking, numbers: Sequence[int] = BOARDS) -> Iterator[Point]:
    """Yield what a window costs with so many boards, on the smallest history."""
    fill(folder, 0, STORED[0], FEW_BOARDS)
    for boards in numbers:
        yield _measure(folder, replace(asking, boards=boards, clients=min(boards, asking.clients)), STORED[0])


def with_stored(folder: Path, asking: Asking, numbers: Sequence[int] = STORED) -> Iterator[Point]:
    """Yield what a window costs with so many stored, each history the one before and more."""
    for before, stored in zip((0, *numbers), numbers, strict=False):
        fill(folder, before, stored, FEW_BOARDS)
        yield _measure(folder, asking, stored)


def _measure(folder: Path, asking: Asking, stored: int) -> Point:
    with cost.serving("judder.bench.speed.bare") as bare, cost.judder(folder) as server:
        window, empty = server.cost(asking), bare.cost(Asking(0, asking.seconds, frames=0))
    return Point(asking.boards, stored, window.each_us, empty.each_us, window.per_s)


def figure_of(by_boards: Sequence[Point], by_stored: Sequence[Point]) -> Figure:
    """Return both as curves: times of an empty POST over boards, and over stored windows."""
    figure = Figure(figsize=(9, 3.5), layout="constrained")
    sides: Sequence[Axes] = figure.subplots(1, 2, sharey=True)
    for axes, points, over, name in (
        (sides[0], by_boards, [point.boards for point in by_boards], "boards"),
        (sides[1], by_stored, [point.stored for point in by_stored], "stored windows"),
    ):
        axes.plot(over, [point.ratio for point in points], marker="o")
        axes.set(xscale="log", xlabel=name, ylim=(0, None))
        axes.grid(alpha=0.3)
    sides[0].set_ylabel("CPU of a window, in empty POSTs")
    return figure
