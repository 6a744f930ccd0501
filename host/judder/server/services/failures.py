"""Models that were taken for sound and fail on windows: nobody judges those, and that must be told."""

import time
from collections.abc import Iterable, Iterator

import structlog

from judder.server.services.problem import MODEL, Problem

LOG_EVERY_S = 60.0
TOLD_FOR_S = 300.0
"""After the last window that it failed on, a model is let be."""

log = structlog.get_logger()


class Failures:
    """The last failure of each board's model."""

    def __init__(self) -> None:
        self._last: dict[str, tuple[float, str]] = {}
        self._logged_s = -LOG_EVERY_S

    def note(self, board: str, models: Iterable[str], error: Exception) -> None:
        """Take in that models could not judge a window of board; one a minute is logged."""
        names, now_s = ", ".join(sorted(models)), time.monotonic()
        self._last[board] = now_s, f"Model {names} fails on windows of {board}: {error}."
        if now_s - self._logged_s >= LOG_EVERY_S:
            self._logged_s = now_s
            log.error("window_not_judged", board=board, models=names, exc_info=error)

    def problems(self) -> Iterator[Problem]:
        """Yield each board whose windows nobody judges, and why."""
        least_s = time.monotonic() - TOLD_FOR_S
        for board, (at_s, sentence) in self._last.items():
            if at_s >= least_s:
                yield Problem(MODEL, board, sentence)
