"""The least heap in which a board watches, per kind of model.

A 32-bit MicroPython runs the whole app from .mpy files, the fakes of tools/board around it, a server up.
"""

import contextlib
import json
import re
import subprocess
from dataclasses import dataclass
from pathlib import Path

from hall import train_on, two_detectors
from judder.boards.config import read_config
from judder.boards.staging import Firmware, stage
from prove_hall import serving

ROOT = Path(__file__).parents[1]
FAKES = ROOT / "tools" / "board"
MODEL = "model.judder.json"
KINDS = ("mad", "default", "four modes", "two detectors")
SPEEDS_HZ = (14.0, 17.0, 20.0, 23.0)
FACTOR = 16
"""How many times faster than real time the windows come."""
ROOMY_KB = 400
ASYNCIO = "import gc; before = gc.mem_alloc(); import asyncio; gc.collect();"
ASYNCIO += "print(gc.mem_alloc() - before)"
WINDOWS_PER_REPORT = 10
"""At most. A report is due every two windows; where memory is short, it comes later."""
POOLS = 20 + 40 + 80 + 160 + 320 + 640
"""Entries of MicroPython's first pools of interned strings (py/qstr.c). Filled up by fakes and test, they
leave one of 1280 to the app, which on a board takes about all of these: it has 620 to 1260 strings."""


@dataclass(frozen=True)
class Watch:
    """How windows went in a heap. ended: whether the app ran to its end; lost: windows or samples that were
    lost, dropped or not judged; reports: whether the board told of itself; alive: bytes the app has in use
    after 100 windows; output: the last line.
    """

    ended: bool
    lost: int
    reports: bool
    alive: int
    output: str

    @property
    def passed(self):
        return self.ended and not self.lost and self.reports


def least_heap(folder, model, windows, from_kb, to_kb, step_kb=2):
    """Return the least heap (kB) of from_kb, from_kb + step_kb ... to_kb in which so many windows pass with
    nothing lost, unjudged or untold, None where there is none, and what is alive in it. model: the bytes of
    its file.
    """
    board, passed = Board(folder, model), {}
    low, high = 0, (to_kb - from_kb) // step_kb + 1
    while low < high:
        middle = (low + high) // 2
        watch = board.watch(from_kb + middle * step_kb, windows)
        if watch.passed:
            high = middle
            passed[middle] = watch
        else:
            low = middle + 1
    if low not in passed:
        return {"least_kb": None}
    return {"least_kb": from_kb + low * step_kb, "alive_kb": round(passed[low].alive / 1024, 1)}


class Board:
    """One board with a model (the bytes of its file), its files under folder as `judder deploy` makes them.

    native: with the kernels in machine code, as firmwares run them that can. signs: it has a key.
    """

    def __init__(self, folder, model, native=True, signs=False):
        folder.mkdir(exist_ok=True)
        self._folder, self._model, self._runs = folder, model, 0
        self._key = bytes(range(32)) if signs else b""
        world = self._make_world()
        config = read_config(world.folder / "config.json")
        stage(folder / "files", firmware(native), config, None)
        self._strings = self._others = 0
        self._strings = POOLS - self._weigh()[1] - 3  # a script's arguments are among them
        self._others, filled = self._weigh()
        assert POOLS - 3 <= filled <= POOLS

    def watch(self, heap_kb, windows):
        """Return the Watch over so many windows in a heap of heap_kb, beside what a board does not have."""
        return _watch(*self._run(1024 * heap_kb + self._others, windows), self._others)

    def _weigh(self):
        """Return (bytes, strings) of what is on the heap here and not on a board's: fakes, and this test."""
        world = self._make_world()
        frozen_in_firmware = int(world.run(ASYNCIO, search=".frozen"))  # which the fakes bring in, here
        returncode, output = self._run(1024 * ROOMY_KB, 1)
        assert returncode == 0, output
        strings = int(re.search(r"n_qstr=(\d+)", output)[1])
        return json.loads(output.splitlines()[-1])["fakes"] - frozen_in_firmware, strings

    def _run(self, heapsize, windows):
        """Return the exit code of the app's run, None where it hung, and what it printed."""
        world = self._make_world()
        for package in (self._folder / "files").glob("judder_*"):
            # an import's path is kept as a string: short, as on flash
            (world.folder / package.name).symlink_to(package)
        with self._server(world.folder) as port:
            world.config(port, server={"key": self._key.hex()})
            process = world.start(
                "soak.py", windows, self._strings, heapsize=heapsize, search=f"{FAKES}::.frozen"
            )
            with contextlib.closing(process.stdout):
                try:
                    output, _ = process.communicate(timeout=60 + windows)
                except subprocess.TimeoutExpired:
                    process.kill()
                    return None, process.communicate()[0]
                return process.returncode, output

    @contextlib.contextmanager
    def _server(self, folder):
        """Yield the port of a server, or of a gate before it that takes what is signed."""
        from tests.gate import gate

        with contextlib.ExitStack() as stack:
            port, _ = stack.enter_context(serving(folder, "--model", folder / MODEL))
            yield stack.enter_context(gate(port, self._key)).port if self._key else port

    def _make_world(self):
        from tests.core.micropython import MICROPYTHON32
        from tests.device.board import World

        self._runs += 1
        folder = self._folder / f"run{self._runs}"
        folder.mkdir()
        (folder / MODEL).write_bytes(self._model)
        world = World(folder, MICROPYTHON32)
        world.change(factor=FACTOR)
        world.config()
        return world


def _watch(returncode, output, others):
    last = (output.splitlines() or [""])[-1]
    if returncode != 0:
        return Watch(False, 0, False, 0, last)
    found = json.loads(last)
    windows, *lost = found["counts"]
    reports = found["reports"] * WINDOWS_PER_REPORT >= windows
    return Watch(True, sum(lost), reports, max(found["memory"], default=others) - others, last)


def firmware(native):
    """Return what MICROPYTHON32 loads; native: machine code too, as an ESP32 does."""
    from tests.core.micropython import MICROPYTHON32

    ask = "import sys; print(sys.implementation._mpy)"
    mpy = int(subprocess.check_output([MICROPYTHON32, "-c", ask]))
    return Firmware(mpy if native else mpy & 0x3FF, ulab=False)


def models(folder):
    """Return the bytes of a model of each of KINDS, by its name."""
    path = folder / "two.judder.json"
    two_detectors(path)
    mad, default = _trained("mad", (20.0,)), _trained("directional", (20.0,))
    made = (mad, default, _trained("directional", SPEEDS_HZ), path.read_bytes())
    return dict(zip(KINDS, made, strict=True))


def _trained(features, speeds_hz):
    from judder.simulation import FanOptions, simulate

    recordings = [
        simulate(FanOptions(condition=f"{speed_hz:g} Hz", seconds=410, speed_hz=speed_hz, range_g=2))
        for speed_hz in speeds_hz
    ]
    return train_on(recordings, features=features)[1]
