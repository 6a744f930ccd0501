"""An autoencoder as .tflite, float32 and int8, with the report that shows what each file is worth."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from judder_core.autoencoder import AutoencoderDetector, Layer
from numpy.typing import NDArray

from judder.errors import JudderError
from judder.export.operators import refuse_unknown
from judder.export.parity import Row, compare
from judder.model.files import MODEL_SUFFIX, refuse_other, representative
from judder.model.runtimes import arena_bytes

Floats = NDArray[np.float64]

WINDOWS = 500
"""Normal rows in the representative set, and as many strange ones."""
USUAL_LIMIT = 8.0


@dataclass(frozen=True)
class Exported:
    """float32, int8: the two .tflite. arena: bytes TFLM takes for each. rows: of the parity report."""

    float32: bytes
    int8: bytes
    operators: list[str]
    arena: tuple[int, int]
    rows: list[Row]


def export_autoencoder(detector: AutoencoderDetector, windows: Floats | None = None) -> Exported:
    """Return the network of an artefact's autoencoder, converted.

    windows: whitened features (n, inputs) to compare the runtimes on, unless the representative ones will do.
    """
    from judder.detectors.tensorflow import keras_of

    return _export(keras_of(detector.layers), detector.layers, detector.limit, windows)


def export_keras(path: Path) -> Exported:
    """Return the network in a Keras file, converted. Raises JudderError where no board runs it."""
    from judder.detectors.tensorflow import read_keras

    return _export(read_keras(path), None, USUAL_LIMIT, None)


def _export(
    network: object, layers: tuple[Layer, ...] | None, limit: float, windows: Floats | None
) -> Exported:
    from judder.detectors.tensorflow import inputs_of, run_keras, to_tflite

    rows = representative(WINDOWS, inputs_of(network), limit)
    float32, int8 = to_tflite(network), to_tflite(network, rows)
    operators = sorted({*refuse_unknown(float32), *refuse_unknown(int8)})
    compared = rows if windows is None else np.clip(windows, -limit, limit)
    report = compare(run_keras(network, compared), compared, layers, float32, int8)
    return Exported(float32, int8, operators, (arena_bytes(float32), arena_bytes(int8)), report)


def write(exported: Exported, out: Path, artefact: bytes | None) -> list[Path]:
    """Write NAME.tflite, NAME.int8.tflite and the artefact beside them. out: NAME.tflite.

    Raises JudderError, and writes nothing, where another artefact is there.
    """
    if out.suffix != ".tflite" or out.name.endswith(".int8.tflite"):
        raise JudderError(f"--out {out.name} is no name of a .tflite.", hint="Name it NAME.tflite.")
    name = out.name.removesuffix(".tflite")
    contents = {".tflite": exported.float32, ".int8.tflite": exported.int8}
    if artefact is not None:
        refuse_other(out.with_name(name + MODEL_SUFFIX), artefact)
        contents[MODEL_SUFFIX] = artefact
    written = []
    for suffix, data in contents.items():
        path = out.with_name(name + suffix)
        path.write_bytes(data)
        written.append(path)
    return written
