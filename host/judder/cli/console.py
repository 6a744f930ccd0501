"""Where the verbs write: results to stdout, talk to stderr."""

import json
import sys
from typing import Any

from rich.console import Console

talk = Console(stderr=True)
results = Console()


def warn(sentence: str) -> None:
    """Warn of what is no error: the command goes on."""
    talk.print(f"warning: {sentence}", style="yellow", highlight=False, markup=False, soft_wrap=True)


def print_json(value: Any) -> None:
    """Print value as JSON on stdout, for other programs."""
    json.dump(value, sys.stdout, indent=2, allow_nan=False)
    sys.stdout.write("\n")
