"""The host's errors.

JudderError             anything a person can mend; one sentence and one hint
    QualityGateError    the numbers were computed, and missed the gate asked for (exit code 3)
    WireError           bytes or JSON that are no window
        ChecksumError   a frame whose crc32 does not fit: sent again it may arrive whole

CoreError, from judder_core, has the same two parts and is printed the same way.
"""


def install_hint(extra: str) -> str:
    """Return the hint on how to get one of pyproject.toml's extras; Judder is on no index."""
    return f"In Judder's folder: make install, or pip install -e '.[{extra}]'"


class JudderError(Exception):
    """One sentence that names the thing and the value, and a hint that says what to do."""

    exit_code = 1

    def __init__(self, message: str, *, hint: str | None = None) -> None:
        super().__init__(message)
        self.hint = hint
        if hint:
            self.add_note(f"hint: {hint}")  # for who calls the library, and sees a traceback


class QualityGateError(JudderError):
    """A gate such as --min-detection-rate was missed."""

    exit_code = 3


class WireError(JudderError):
    """What came is no window."""


class ChecksumError(WireError):
    """The bytes of a frame changed on their way."""
