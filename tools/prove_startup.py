"""How soon the command line and the server are there, beside a bare `import numpy`; and a server's memory."""

import json
import resource
import statistics
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

from prove_hall import JUDDER, cpu_seconds, serving

ROUNDS = 7
IDLE_S = 10
MOST_HELP, MOST_SERVE, MOST_IDLE_MB = 2, 6, 90
"""Times a bare import of numpy, and megabytes."""


def run(folder, report):
    """Report the ratios of some rounds: each a bare import, a help text and a server, one after another."""
    rounds = [_round(folder / str(k)) for k in range(ROUNDS)]
    for what in rounds[0]:
        figures = {}
        for kind, k in (("wall", 0), ("cpu", 1)):
            seconds = [each[what][k] for each in rounds]
            times = statistics.median(each[what][k] / each["import numpy"][k] for each in rounds)
            figures |= {f"least_{kind}_s": f"{min(seconds):.2f}", f"times_numpy_{kind}": f"{times:.1f}"}
        report(f"startup, {what}", **figures)
    with serving(folder) as (port, process):
        time.sleep(IDLE_S)
        urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz").read()
        report("startup, idle server", resident_mb=f"{resident_mb(process.pid):.0f}", at_most=MOST_IDLE_MB)
    report("startup, asked for", help_at_most=MOST_HELP, serve_at_most=MOST_SERVE)


def _round(folder):
    """Return (seconds on the clock, seconds of a core) of each."""
    return {
        "import numpy": _finished(sys.executable, "-c", "import numpy"),
        "judder --help": _finished(JUDDER, "--help"),
        "judder serve, first answer": _first_answer(folder),
    }


def _finished(*command):
    began, before = time.monotonic(), _cpu_of_children()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return time.monotonic() - began, _cpu_of_children() - before


def _first_answer(folder):
    began = time.monotonic()
    with serving(folder) as (port, process):
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz") as answer:
            assert json.load(answer)["status"] == "ok"
        return time.monotonic() - began, cpu_seconds(process.pid)


def _cpu_of_children():
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def resident_mb(pid):
    """Return what a process has in memory, in megabytes."""
    status = Path(f"/proc/{pid}/status").read_text()
    return int(status.split("VmRSS:")[1].split()[0]) / 1000
