"""Run a .tflite: with LiteRT, and with the real kernels of TensorFlow Lite for Microcontrollers (TFLM)."""

import importlib
import re
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from judder.errors import JudderError, install_hint

Floats = NDArray[np.float64]

EXTRAS = {"ai_edge_litert": "litert", "tflite_micro": "train"}
LARGEST_ARENA = 1 << 20
ALLOCATIONS = """import sys
from tflite_micro import runtime
runtime.Interpreter.from_file(sys.argv[1], arena_size=int(sys.argv[2])).print_allocations()
"""


def need(module: str) -> Any:
    """Return the module of an optional package. Raises JudderError with what to install."""
    try:
        return importlib.import_module(module)
    except ImportError as error:
        package = module.split(".")[0]
        raise JudderError(f"{package} is not installed.", hint=install_hint(EXTRAS[package])) from error


def run_litert(data: bytes, rows: Floats) -> Floats:
    """Return the outputs (n, outputs) of rows (n, inputs), by those of LiteRT's kernels that agree with TFLM.

    On float32 the reference ones do so to the bit, on int8 the built-in ones but for one step in 0.14 % of
    the outputs. XNNPACK, the default, is off by up to 4e-7, and by more steps of int8 (measured 2026-11).
    """
    resolvers = need("ai_edge_litert.interpreter").OpResolverType
    interpreter = _litert(data, resolvers.BUILTIN_WITHOUT_DEFAULT_DELEGATES)
    if interpreter.get_input_details()[0]["dtype"] == np.float32:
        interpreter = _litert(data, resolvers.BUILTIN_REF)
    source, target = interpreter.get_input_details()[0], interpreter.get_output_details()[0]

    def invoke(row: Any) -> Any:
        interpreter.set_tensor(source["index"], row)
        interpreter.invoke()
        return interpreter.get_tensor(target["index"])

    return _each(rows, source, target, invoke)


def _litert(data: bytes, resolver: Any) -> Any:
    try:
        interpreter = need("ai_edge_litert.interpreter").Interpreter(
            model_content=data, experimental_op_resolver_type=resolver
        )
        interpreter.allocate_tensors()
    except (ValueError, RuntimeError) as error:
        raise JudderError(
            f"The file is no .tflite that LiteRT reads: {error}.", hint="Copy or export it again."
        ) from error
    return interpreter


def run_tflm(data: bytes, rows: Floats) -> Floats:
    """Return the outputs (n, outputs) of rows (n, inputs), by the kernels that run on a board."""
    interpreter = need("tflite_micro").runtime.Interpreter.from_bytes(data, arena_size=LARGEST_ARENA)

    def invoke(row: Any) -> Any:
        interpreter.set_input(row, 0)
        interpreter.invoke()
        return interpreter.get_output(0)

    return _each(rows, interpreter.get_input_details(0), interpreter.get_output_details(0), invoke)


def _each(rows: Floats, source: Any, target: Any, invoke: Callable[[Any], Any]) -> Floats:
    """Return invoke of each row, made int8 and back where source and target are."""
    if rows.shape[1] != source["shape"][-1]:
        raise JudderError(
            f"The network takes {source['shape'][-1]} inputs; the model has {rows.shape[1]}.",
            hint="Export the model again: judder export --to tflite",
        )
    outputs = [_float(invoke(_stored(row[np.newaxis], source)), target)[0] for row in rows]
    return np.array(outputs, np.float64)


def _stored(values: Floats, tensor: Any) -> Any:
    if tensor["dtype"] == np.float32:
        return values.astype(np.float32)
    scale, zero = _scale(tensor)
    return np.clip(np.rint(values / scale) + zero, -128, 127).astype(np.int8)


def _float(values: Any, tensor: Any) -> Floats:
    if tensor["dtype"] == np.float32:
        return np.asarray(values, np.float64)
    scale, zero = _scale(tensor)
    return np.asarray((values.astype(float) - zero) * scale)


def _scale(tensor: Any) -> tuple[float, int]:
    how = tensor["quantization_parameters"]
    return float(how["scales"][0]), int(how["zero_points"][0])


def arena_bytes(data: bytes) -> int:
    """Return how much memory TFLM takes for a .tflite on this computer; a 32-bit board needs less.

    In a process of its own: TFLM reports on stderr, and a wrong file may end the process it is in.
    """
    need("tflite_micro")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "network.tflite"
        path.write_bytes(data)
        command = [sys.executable, "-c", ALLOCATIONS, str(path), str(LARGEST_ARENA)]
        run = subprocess.run(command, capture_output=True, text=True)
    found = re.search(r"Arena allocation total (\d+)", run.stderr + run.stdout)
    if found is None:
        raise JudderError(
            f"TFLM cannot run the network: {(run.stderr.strip().splitlines() or ['?'])[-1]}",
            hint="Use layers and activations that TFLM has, or run the float network by LiteRT.",
        )
    return int(found[1])
