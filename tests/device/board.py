"""A board as a process: the app on real MicroPython, the fakes of tools/board around it."""

import atexit
import functools
import json
import os
import subprocess
import tempfile
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
from judder.boards.staging import Firmware, stage
from judder.simulation import FanOptions, simulate

from tests.core.micropython import MICROPYTHON, need

ROOT = Path(__file__).parents[2]
SCRIPTS = Path(__file__).with_name("board_scripts")
DEVICE_ID = "0200000000a1"
FAKES_KB = 58
HEAPSIZE = f"{192 + FAKES_KB}k"
"""192 kB for the app. The likes of the fakes are no part of a board's heap; test_app.py weighs them."""


@functools.cache
def firmware(engine="native"):
    """Return what the MicroPython of virtual boards can load, short of engines better than this one."""
    say = "import sys; print(sys.implementation._mpy)"
    mpy = subprocess.run([MICROPYTHON, "-c", say], capture_output=True, text=True, check=True).stdout
    return Firmware(int(mpy) if engine == "native" else int(mpy) & 0x3FF, ulab=engine == "ulab")


@functools.cache
def deployed(engine="native"):
    """Return a folder with the app as `judder deploy` puts it on a board, for this process to share."""
    kept = tempfile.TemporaryDirectory()
    atexit.register(kept.cleanup)
    stage(Path(kept.name) / "board", firmware(engine), None, None)
    return Path(kept.name) / "board"


def search_path(fakes=ROOT / "tools" / "board", engine="native"):
    """Return MICROPYPATH for the deployed app, among the fakes."""
    return f"{fakes}:{deployed(engine)}:.frozen"


def a_config(port, **sections):
    """Return config.json's object for a server on this machine; sections: what to change in it."""
    config = {
        "name": "fan",
        "boot_delay_s": 0,
        "wifi": {"ssid": "x", "password": "y"},
        # In the board's time, which runs faster than the network's.
        "server": {"host": "127.0.0.1", "port": port, "timeout_ms": 60000, "status_interval_s": 2},
    }
    for key, value in sections.items():
        config[key] = {**config.get(key, {}), **value} if isinstance(value, dict) else value
    return config


class World:
    """A folder with what lies around a board: world.json, a signal, config.json, a model."""

    def __init__(self, folder, micropython=MICROPYTHON):
        need(micropython)
        self.folder = folder
        self.micropython = micropython
        self._world = {"device_id": DEVICE_ID, "factor": 20, "signal": "signal.i16", "signal_hz": 250}
        self.signal(fan())
        self.change()

    @property
    def factor(self):
        return self._world["factor"]

    def change(self, **changes):
        """Change the world; a running board notices within a second of its time."""
        self._world.update(changes)
        new = self.folder / "world.new"
        new.write_text(json.dumps(self._world))
        new.replace(self.folder / "world.json")

    def signal(self, samples, name="signal.i16"):
        """Set what the sensor feels: samples (n, 3) in g."""
        np.rint(samples * 4096).astype("<i2").tofile(self.folder / name)

    def config(self, port=1, **sections):
        """Write config.json for a server at port; sections: what to change in it."""
        (self.folder / "config.json").write_text(json.dumps(a_config(port, **sections)))

    def start(self, script, *arguments, heapsize=HEAPSIZE, search=None):
        """Return the running process of script, a file of board_scripts or Python code."""
        path = SCRIPTS / script
        what = [path] if script.endswith(".py") else ["-c", script]
        return subprocess.Popen(
            [self.micropython, "-X", f"heapsize={heapsize}", *what, *map(str, arguments)],
            cwd=self.folder,
            env={**os.environ, "JUDDER_WORLD": str(self.folder), "MICROPYPATH": search or search_path()},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    @contextmanager
    def running(self, script):
        """Run script as start() does for as long as the context lasts, and show what it printed then."""
        process = self.start(script)
        try:
            yield process
        finally:
            process.kill()
            print(process.communicate()[0])  # shown where the test failed

    def run(self, script, *arguments, timeout=120, **options):
        """Return what script prints. Fails the test where it ends with an error."""
        process = self.start(script, *arguments, **options)
        try:
            output, _ = process.communicate(timeout=timeout)
        finally:
            process.kill()
        assert process.returncode == 0, output
        return output

    def pins(self):
        """Return (pin, value) in the order they were set."""
        log = self.folder / "pins.log"
        return (
            [tuple(map(int, line.split()[1:])) for line in log.read_text().splitlines()]
            if log.exists()
            else []
        )


RUN = "from judder_node.app import run; run('config.json')"
APP = "import gc; gc.threshold(8192); import start, time; time.set_factor(start.WORLD.factor);" + RUN


def patched(code):
    """Return APP with code between the boot and the run; the board is called `board` there."""
    boot = "from judder_node.app import start; board = start('config.json')\n"
    return APP.replace(RUN, boot + code + "import asyncio; asyncio.run(board.run())")


def fan(imbalance=1.0, seconds=120.0, seed=0):
    """Return samples (n, 3) in g of a simulated fan at 250 Hz."""
    return simulate(FanOptions(seconds=seconds, imbalance=imbalance, range_g=2, seed=seed)).in_g()


@pytest.fixture
def world(tmp_path):
    return World(tmp_path)
