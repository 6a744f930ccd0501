"""Logging: events with fields, on stderr; readable on a terminal, JSON lines elsewhere."""

import logging
import sys

import structlog


def configure(level: str = "info") -> None:
    """Set up structlog for a process; level: debug, info, warning or error."""
    terminal = sys.stderr.isatty()
    structlog.configure(
        processors=[
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
