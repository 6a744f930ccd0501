"""The command line: one small file per verb, loaded when the verb is called.

Results go to stdout, talk to stderr. Exit codes: 0 done, 1 failed, 2 usage, 3 quality gate missed,
130 interrupted.
"""

import io
import sys

import typer
from judder_core.errors import CoreError
from typer.exceptions import TyperException

from judder.cli.app import app
from judder.cli.console import report_error
from judder.errors import JudderError

__all__ = ["app", "main", "report_error"]


def main() -> None:
    """Run the command line and turn every expected error into one sentence and one hint."""
    _print_anything()
    try:
        code = app(prog_name="judder", standalone_mode=False)
    except (JudderError, CoreError, TyperException, OSError) as error:
        if "--debug" in sys.argv:
            raise
        code = _report(error)
    except (KeyboardInterrupt, typer.Abort):
        code = 130
    sys.exit(code or 0)


def _print_anything() -> None:
    """Have streams that know few letters, as under LANG=C, write the others as escapes."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def _report(error: Exception) -> int:
    """Print what the error says and what to do about it; return the exit code."""
    if isinstance(error, TyperException):  # a mistake of usage; without a word, help was shown
        if error.format_message():
            report_error(error.format_message(), f"{_verb_of(error)} --help")
    elif isinstance(error, OSError):
        where = f"{error.filename}: " if error.filename else ""
        report_error(
            f"{where}{error.strerror or error}.", "Is the path right, and may it be read and written?"
        )
    else:
        report_error(str(error), getattr(error, "hint", None))
    return getattr(error, "exit_code", 1)


def _verb_of(error: TyperException) -> str:
    context: typer.Context | None = getattr(error, "ctx", None)
    return context.command_path if context else "judder"
