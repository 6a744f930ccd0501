"""Logging: events with fields, on stderr; readable on a terminal, JSON lines elsewhere.

What repeats is said once a minute: whoever makes the server complain does not fill its disk.
"""

import logging
import sys
import time
from collections.abc import Callable
from typing import Any

import structlog
from structlog.typing import EventDict, WrappedLogger

QUIET_S = 60.0
WHOSE = ("board", "device", "channel", "state", "kind", "about", "task")
"""Fields that tell events of one name apart."""
MOST_KNOWN = 2000


def configure(level: str = "info") -> None:
    """Set up structlog for a process, and pass on to it what libraries log.

    level: debug, info, warning or error.
    """
    terminal = sys.stderr.isatty()
    structlog.configure(
        processors=[
            Once(),
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="%H:%M:%S" if terminal else "iso"),
            structlog.processors.format_exc_info,
            # A board says its name itself: what is in it must not act on the terminal.
            structlog.dev.ConsoleRenderer(repr_native_str=True)
            if terminal
            else structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(getattr(logging, level.upper())),
        logger_factory=lambda *_: structlog.PrintLogger(sys.stderr),  # whichever it is when something is said
    )
    logging.basicConfig(handlers=[OfLibraries()], level=max(logging.WARNING, getattr(logging, level.upper())))


class Once:
    """A processor that lets an event through once in QUIET_S; the next one says how many it kept back."""

    def __init__(self, clock_s: Callable[[], float] = time.monotonic) -> None:
        self._clock_s = clock_s
        self._said: dict[tuple[Any, ...], tuple[float, int]] = {}

    def __call__(self, logger: WrappedLogger, method: str, event: EventDict) -> EventDict:
        key = (event["event"], _kind(event.get("exc_info")), *(str(event.get(name)) for name in WHOSE))
        now_s, (said_s, kept) = self._clock_s(), self._said.get(key, (-QUIET_S, 0))
        if now_s - said_s < QUIET_S:
            self._said[key] = said_s, kept + 1
            raise structlog.DropEvent
        if len(self._said) >= MOST_KNOWN:
            self._said.clear()
        self._said[key] = now_s, 0
        return {**event, "repeated": kept} if kept else event


def _kind(error: Any) -> str:
    """Return the name of the kind of an error, as structlog and logging hand it on."""
    error = error[1] if isinstance(error, tuple) else error
    return type(error).__name__


class OfLibraries(logging.Handler):
    """Says what libraries log through the standard library; the event is what all lines of one kind share."""

    def emit(self, record: logging.LogRecord) -> None:
        structlog.get_logger().log(
            record.levelno,
            str(record.msg).partition("\n")[0],
            library=record.name,
            text=record.getMessage(),
            exc_info=record.exc_info,
        )
