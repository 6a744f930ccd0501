"""Whether every runtime reconstructs the same: the parity report of an export."""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import judder_core
import numpy as np
from judder_core import autoencoder, numeric
from judder_core.autoencoder import Layer
from numpy.typing import NDArray

from judder.engine import numeric_numpy
from judder.model.runtimes import run_litert, run_tflm

Floats = NDArray[np.float64]

SLOW_ROWS = 50
"""How many rows the runtimes without vectors get."""
ON_A_BOARD = """import json, sys
from judder_core import autoencoder, numeric
case = json.load(open(sys.argv[1]))
layers = [autoencoder.Layer(*layer) for layer in case["layers"]]
rows = [numeric.vector(row) for row in case["rows"]]
print(json.dumps([list(autoencoder.reconstruct(row, layers, numeric)) for row in rows]))
"""


@dataclass(frozen=True)
class Row:
    """The largest and mean absolute difference from Keras over so many windows; None: why it did not run."""

    runtime: str
    windows: int
    largest: float | None
    mean: float | None
    note: str = ""


def compare(
    keras_outputs: Floats, rows: Floats, layers: tuple[Layer, ...] | None, float32: bytes, int8: bytes
) -> list[Row]:
    """Return one Row per runtime. keras_outputs: what Keras makes of rows (n, inputs), the inputs cut off.

    layers: the artefact's, or None for a network of Keras alone.
    """
    every = max(1, len(rows) // SLOW_ROWS)
    few = rows[::every]
    runtimes: dict[str, tuple[Floats, Callable[[Floats], Floats]]] = {}
    if layers is not None:
        runtimes = {
            "NumPy": (rows, lambda x: _by_numpy(layers, x)),
            "judder_core, CPython": (few, lambda x: _by_core(layers, x)),
            "judder_core, MicroPython": (few, lambda x: _by_micropython(layers, x)),
        }
    runtimes |= {
        "LiteRT, float32": (rows, lambda x: run_litert(float32, x)),
        "TFLM, float32": (rows, lambda x: run_tflm(float32, x)),
        "LiteRT, int8": (rows, lambda x: run_litert(int8, x)),
        "TFLM, int8": (rows, lambda x: run_tflm(int8, x)),
    }
    report = []
    for name, (taken, run) in runtimes.items():
        try:
            gap = np.abs(run(taken) - keras_outputs[:: 1 if taken is rows else every])
            report.append(Row(name, len(taken), float(gap.max()), float(gap.mean())))
        except FileNotFoundError as error:
            report.append(Row(name, 0, None, None, str(error)))
    return report


def _by_numpy(layers: tuple[Layer, ...], rows: Floats) -> Floats:
    return np.stack(autoencoder.reconstruct(list(rows.T), layers, numeric_numpy), axis=-1)


def _by_core(layers: tuple[Layer, ...], rows: Floats) -> Floats:
    found = [autoencoder.reconstruct(numeric.vector(row.tolist()), layers, numeric) for row in rows]
    return np.array(found, np.float64)


def _by_micropython(layers: tuple[Layer, ...], rows: Floats) -> Floats:
    micropython = Path(sys.executable).with_name("micropython")
    if not micropython.exists():
        raise FileNotFoundError("not installed: make install")
    case = {
        "layers": [[list(x.weights), x.scale, list(x.bias), x.relu] for x in layers],
        "rows": rows.tolist(),
    }
    with tempfile.TemporaryDirectory() as folder:
        path, script = Path(folder) / "case.json", Path(folder) / "run.py"
        path.write_text(json.dumps(case))
        script.write_text(ON_A_BOARD)
        search = {**os.environ, "MICROPYPATH": f"{Path(judder_core.__path__[0]).parent}:.frozen"}
        command = [str(micropython), "-X", "heapsize=8M", str(script), str(path)]
        run = subprocess.run(command, env=search, capture_output=True, text=True, check=True)
    return np.array(json.loads(run.stdout), np.float64)
