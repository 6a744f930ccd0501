"""The unmodified sketch as a process: compiled for the PC with the fake Arduino core of arduino/."""

import os
import re
import shutil
import subprocess
import threading
import time
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tests.firmware.compiling import SANITIZED, SKETCH, STRICT, core_sources, need, run
from tests.firmware.fans import fan

FAKES = Path(__file__).with_name("arduino")
FACTOR = 20  # a board's times real time
PATIENCE_S = 60
LED, BUZZER = 13, 25


def compile_board(folder: Path, *options: str) -> list[Path]:
    """Return the object files of all but the .ino."""
    sources = [*core_sources(), *sorted((SKETCH / "src").glob("[bst]*/*.cpp")), *FAKES.glob("*.cpp")]
    sources = [path for path in sources if path.name != "main.cpp"]
    run(["g++", *compile_options(), *options, "-c", *sources], cwd=folder)
    return sorted(folder.glob("*.o"))


def swap(objects: list[Path], folder: Path, names: list[str], *options: str) -> list[Path]:
    """Return objects with those of the named sources compiled anew, with options."""
    sources = [
        path for path in (*(SKETCH / "src").rglob("*.cpp"), *FAKES.glob("*.cpp")) if path.stem in names
    ]
    run(["g++", *compile_options(), *options, "-c", *sources], cwd=folder)
    return [folder / path.name if path.stem in names else path for path in objects]


def link_sketch(folder: Path, objects: list[Path], *options: str, out: Path | None = None) -> Path:
    """Return the executable, out, of the sketch with the model_data.h in folder."""
    out = out or folder / "sketch"
    shutil.copy(SKETCH / "secrets.example.h", folder / "secrets.h")
    choices = ["-include", FAKES / "choices.h", f"-I{folder}"]
    command = ["g++", *compile_options(), *choices, FAKES / "main.cpp", *objects, *options, "-pthread"]
    run([*command, "-o", out])
    return out


def compile_options() -> list[str]:
    need("g++", "g++")
    return [*STRICT, *SANITIZED, f"-I{FAKES}", f"-I{SKETCH}"]


class Sketch:
    """A running sketch. Use as a context manager; lines: what the world is like at its start."""

    def __init__(self, executable, *lines, port=1, task="detect", protocol="frames", start_ms=0, **chosen):
        chosen = {"task": task, "protocol": protocol, "port": port, **chosen}
        chosen = {f"JUDDER_{name.upper()}": str(value) for name, value in chosen.items()}
        self._process = subprocess.Popen(
            [executable, str(FACTOR), str(start_ms), *map(str, lines)],
            env={**os.environ, **chosen},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.output = ""
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self):
        for line in self._process.stdout:
            self.output += line

    def __enter__(self):
        return self

    def __exit__(self, kind, error, trace):
        self._process.stdin.close()
        try:
            self._process.wait(timeout=PATIENCE_S)
        finally:
            self._process.kill()
        self._reader.join()
        self._process.stdout.close()
        if kind is None:
            assert self._process.returncode == 0, self.output

    def ends(self):
        """Return its exit status, once it has ended by itself."""
        status = self._process.wait(timeout=PATIENCE_S)
        self._reader.join()
        self._process.stdin.close()
        self._process.stdout.close()
        return status

    def say(self, line):
        """Change the world."""
        self._process.stdin.write(line + "\n")
        self._process.stdin.flush()

    def live(self, seconds):
        """Let the board live for seconds of its time."""
        time.sleep(seconds / FACTOR)

    def wait_for(self, text, after=""):
        """Return when it has printed text, after another text. Fails the test where it does not."""
        deadline = time.monotonic() + PATIENCE_S
        while text not in self.output.partition(after)[2] if after else text not in self.output:
            assert time.monotonic() < deadline and self._process.poll() is None, self.output
            time.sleep(0.02)

    def pins(self, pin):
        """Return the levels of a pin, in order."""
        return [int(level) for level in re.findall(rf"^pin {pin} (\d+) ", self.output, re.MULTILINE)]


def write_signals(folder: Path) -> None:
    """Write what the sensor feels: normal.i16, of the fans' normal one, and shaky.i16."""
    for name, samples_g in (("normal", fan(60, seed=5)), ("shaky", fan(60, 3.0, seed=6))):
        write_signal(folder / f"{name}.i16", samples_g)


def write_signal(path: Path, samples_g: NDArray[np.float64]) -> None:
    np.rint(samples_g * 4096).astype("<i2").tofile(path)
