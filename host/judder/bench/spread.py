"""Work that takes minutes, spread over this computer's cores."""

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from typing import TypeVar

Asked = TypeVar("Asked")
Found = TypeVar("Found")


def spread(
    work: Callable[[Asked], Found], asked: Iterable[Asked], workers: int | None = None
) -> Iterator[Found]:
    """Yield what work, a function of a module, makes of each that is asked, in order. workers: all cores."""
    with ProcessPoolExecutor(workers) as pool:
        yield from pool.map(work, asked)
