"""What takes long, shown while it does, on a terminal's stderr; it leaves nothing behind."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager

from rich.progress import (
    BarColumn,
    DownloadColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    TaskProgressColumn,
    TextColumn,
    TimeRemainingColumn,
    TransferSpeedColumn,
)
from rich.table import Column
from rich.text import Text

from judder.cli.console import talk
from judder.text import visible


class Bar:
    """A bar with a word of what is going on."""

    def __init__(self, progress: Progress, doing: str, total: float | None) -> None:
        self._progress = progress
        self._task = progress.add_task(visible(doing), total=total)

    def update(
        self, completed: float | None = None, total: float | None = None, doing: str | None = None
    ) -> None:
        """Show how far it is; what is left out stays as it was."""
        described = None if doing is None else visible(doing)
        self._progress.update(self._task, completed=completed, total=total, description=described)

    @contextmanager
    def paused(self) -> Iterator[None]:
        """Take the bar away while something is asked."""
        self._progress.stop()
        yield
        self._progress.start()


@contextmanager
def working(doing: str) -> Iterator[None]:
    """Show that something goes on whose length is not known."""
    with talk.status(Text(visible(doing))):
        yield


def counting(doing: str, total: float | None = None) -> AbstractContextManager[Bar]:
    """Show a bar with a count, such as 12/400."""
    return _bar(doing, total, MofNCompleteColumn(), TimeRemainingColumn())


def sharing(doing: str) -> AbstractContextManager[Bar]:
    """Show a bar of a share, 0..1."""
    return _bar(doing, 1.0, TaskProgressColumn(), TimeRemainingColumn())


def downloading(doing: str) -> AbstractContextManager[Bar]:
    """Show a bar of bytes."""
    return _bar(doing, None, DownloadColumn(), TransferSpeedColumn())


@contextmanager
def _bar(doing: str, total: float | None, *columns: ProgressColumn) -> Iterator[Bar]:
    what = TextColumn("{task.description}", markup=False, table_column=Column(overflow="fold"))
    with Progress(what, BarColumn(), *columns, console=talk, transient=True) as progress:
        yield Bar(progress, doing, total)
