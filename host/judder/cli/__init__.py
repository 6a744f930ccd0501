"""The command line: one small file a verb, gathered here.

Results go to stdout, talk to stderr. Exit codes: 0 done, 1 failed, 2 usage, 3 quality gate missed,
130 interrupted.
"""

import importlib
import pkgutil
import sys

from judder_core.errors import CoreError

from judder.cli.app import app
from judder.cli.console import talk
from judder.errors import JudderError

for _module in pkgutil.iter_modules(__path__):
    importlib.import_module(f"{__name__}.{_module.name}")

__all__ = ["app", "main"]


def main() -> None:
    """Run the command line and turn every expected error into one sentence and one hint."""
    debug = "--debug" in sys.argv
    try:
        app(prog_name="judder", standalone_mode=True)
    except (JudderError, CoreError) as error:
        if debug:
            raise
        report_error(str(error), error.hint)
        sys.exit(getattr(error, "exit_code", 1))
    except OSError as error:
        if debug:
            raise
        where = f"{error.filename}: " if error.filename else ""
        report_error(
            f"{where}{error.strerror or error}.", "Is the path right, and may it be read and written?"
        )
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)


def report_error(message: str, hint: str | None) -> None:
    """Print an error the way every verb does, on stderr."""
    talk.print(f"judder: {message}", markup=False, highlight=False, soft_wrap=True)
    if hint:
        talk.print(f"  hint: {hint}", markup=False, highlight=False, soft_wrap=True)
