"""The command line, run in this process as a shell runs it."""

import sys

import pytest
from judder.cli import main


def call(*arguments):
    """Run a verb as a shell does; return its exit code."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "argv", ["judder", *map(str, arguments)])
        with pytest.raises(SystemExit) as ended:
            main()
    return ended.value.code
