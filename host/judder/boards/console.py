"""What a board prints on its serial console while somebody waits for it."""

import contextlib
import re
from typing import Any

REASON = re.compile(r"^(?:(?:judder|sensor|wifi|uplink): .+|\w+Error\b.*)(?=\r?\n)", re.MULTILINE)
"""A line in which a board says why it does not go on: what its parts print, and the last of a traceback."""
KEPT = 20_000
BAUD = 115200


class Console:
    """A context manager that listens at port. Where that cannot be, nothing was said."""

    def __init__(self, port: str) -> None:
        self._port = port
        self._serial: Any = None
        self._text = ""

    def __enter__(self) -> "Console":
        import serial  # comes with mpremote

        with contextlib.suppress(OSError, ValueError):  # SerialException is an OSError
            self._serial = serial.Serial(self._port, BAUD, timeout=0)
        return self

    def __exit__(self, *_: object) -> None:
        if self._serial:
            self._serial.close()

    def listen(self) -> None:
        """Take in what came since the last time."""
        if self._serial:
            with contextlib.suppress(OSError):
                self._text = (self._text + self._serial.read(KEPT).decode(errors="replace"))[-KEPT:]

    def reason(self) -> str | None:
        """Return the last line in which the board said why it does not go on, or None."""
        found = REASON.findall(self._text)
        return found[-1].strip() if found else None
