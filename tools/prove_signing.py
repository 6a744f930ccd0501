"""What signing costs a board: time and instructions per window, garbage, and room on the heap."""

import json
import os
import re
import shutil
import subprocess
from pathlib import Path

import prove_memory
from judder.boards.staging import Firmware, stage

SCRIPT = Path(__file__).parents[1] / "tests" / "device" / "board_scripts" / "signing_cost.py"
WINDOW_S = 256 / 250
SIGNATURES = 400
ROOMY_KB, WATCHED = 160, 600  # windows
COUNTED = 20
"""Signatures whose instructions valgrind counts, which takes fifty times as long."""


def run(folder, arguments, report):
    from tests.core.micropython import MICROPYTHON32

    for name, micropython in (("64 bits", arguments.micropython), ("32 bits", MICROPYTHON32)):
        if not micropython.exists():
            report(f"signing, {name}", not_run=f"there is no {micropython.name}")
            continue
        app = deploy(folder / name.replace(" ", "-"), micropython)
        found = cost(micropython, app, SIGNATURES)
        figures = {"kept_bytes": found["kept"], "garbage_bytes": found["garbage"], "us": f"{found['us']:.1f}"}
        for factor in arguments.cpu_factors:
            figures[f"of_a_window_at_x{factor}"] = f"{found['us'] * factor / 1e6 / WINDOW_S:.3%}"
        report(f"signing, {name}", **figures, instructions=instructions(micropython, app))
    if MICROPYTHON32.exists():
        report("signing, the heap of the whole app, 32 bits", **alive(folder))


def alive(folder):
    """Return the bytes that are alive in a board's heap, beside the fakes, without a key and with one: the
    least of some looks, since a request may be on its way in any.
    """
    data, found = prove_memory.models(folder)["default"], {}
    for name, signs in (("without_a_key", False), ("with_a_key", True)):
        watch = prove_memory.Board(folder / name, data, signs=signs).watch(ROOMY_KB, WATCHED)
        seen = json.loads(watch.output)
        found[name] = min(seen["memory"]) - seen["fakes"] if watch.passed else watch.output
    return found


def deploy(folder, micropython):
    """Return folder, with the app compiled for that binary."""
    ask = "import sys; print(sys.implementation._mpy)"
    mpy = int(subprocess.check_output([micropython, "-c", ask]))
    stage(folder, Firmware(mpy, ulab=False), None, None)
    return folder


def cost(micropython, app, signatures, before=()):
    """Return what signing_cost.py says after so many signatures. before: what starts the binary."""
    command = [*before, micropython, "-X", "heapsize=400k", SCRIPT, str(signatures)]
    environment = {**os.environ, "MICROPYPATH": f"{app}:.frozen"}
    said = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    return json.loads(said.stdout) | {"stderr": said.stderr}


def instructions(micropython, app):
    """Return how many one signature takes, its share of collecting garbage included; None where valgrind is
    missing, or cannot run this binary.
    """
    valgrind = shutil.which("valgrind")
    if not valgrind:
        return None
    tool = [valgrind, "--tool=callgrind", "--callgrind-out-file=/dev/null", "--trace-children=yes"]
    counts = []
    for signatures in (COUNTED, 2 * COUNTED):
        try:
            said = cost(micropython, app, signatures, tool)["stderr"]
        except subprocess.CalledProcessError:
            return None
        counts.append(max(int(count) for count in re.findall(r"Collected : (\d+)", said)))
    return (counts[1] - counts[0]) // COUNTED
