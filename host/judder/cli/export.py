"""judder export: recordings and models in other formats."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import numpy as np
import typer

from judder.cli.app import app
from judder.cli.console import next_step, print_table, result
from judder.cli.options import DATA_HELP, SampleRate, check_parent, read_recordings
from judder.cli.progress import working
from judder.data import csv_folder, npz
from judder.data.whole import write_whole
from judder.data.windows import choose
from judder.errors import JudderError
from judder.export import arduino, c_source
from judder.export.tflite import Exported, export_autoencoder, export_keras, write
from judder.model.files import MODEL_SUFFIX, autoencoder_of, read_model, refuse_other
from judder.text import word


class Target(StrEnum):
    csv = "csv"
    npz = "npz"
    tflite = "tflite"
    keras = "keras"
    arduino = "arduino"
    c_array = "c-array"


TO_HELP = (
    "csv: the reference's folders; npz: one lossless file; tflite: a model's autoencoder, float32 and int8;"
    " keras: the same for Keras; arduino: a model as model_data.h for the sketch; c-array: any .npy as a C"
    " header."
)


@app.command(
    epilog="Example: `judder export fan.judder.json --to arduino --out firmware-arduino/judder_tflm`"
)
def export(
    source: Annotated[
        Path,
        typer.Argument(
            help=DATA_HELP + " For tflite, keras and arduino: a model file. For c-array: an .npy."
        ),
    ],
    to: Annotated[Target, typer.Option(help=TO_HELP)],
    out: Annotated[
        Path | None, typer.Option(help="The folder or file to write; c-array: FILE.h beside FILE.npy.")
    ] = None,
    condition: Annotated[list[str] | None, typer.Option(help="Only this condition. Repeatable.")] = None,
    detector: Annotated[
        str | None,
        typer.Option(help="arduino: mahalanobis or autoencoder, where the model has both; else its first."),
    ] = None,
    float32: Annotated[
        bool, typer.Option("--float32", help="arduino: the autoencoder in float32: larger, and exact.")
    ] = False,
    data: Annotated[
        Path | None, typer.Option(help="arduino: recordings to take a normal and an anomalous window from.")
    ] = None,
    normal: Annotated[str | None, typer.Option(help="arduino: the normal window's condition.")] = None,
    anomaly: Annotated[str | None, typer.Option(help="arduino: the anomalous window's condition.")] = None,
    sample_rate: SampleRate = None,
) -> None:
    """Write recordings as CSV or .npz, a model for TensorFlow or the sketch, or an array as C."""
    if to is Target.c_array:
        result(str(_write_array(source, out or source.with_suffix(".h"))))
        return
    if out is None:
        raise typer.BadParameter("--out is missing: where to write to.")
    if to in (Target.tflite, Target.keras):
        check_parent(out)
    if to is Target.tflite:
        written = _tflite(source, out)
    elif to is Target.keras:
        written = _keras(source, out)
    elif to is Target.arduino:
        given = (data, normal, anomaly)
        if any(given) and not all(given):
            raise JudderError("--data, --normal and --anomaly go together.", hint="Give all three, or none.")
        chosen = (data, normal, anomaly, sample_rate) if data and normal and anomaly else None
        written = arduino.write(source, out, chosen, detector, float32)
        next_step(f"judder serve --model {word(source)}, and flash the sketch")
    else:
        written = _write_recordings(source, to, out, condition)
    for path in written:
        result(str(path))


def _write_recordings(source: Path, to: Target, out: Path, conditions: list[str] | None) -> list[Path]:
    if to is Target.npz and (out.suffix != ".npz" or out.exists()):
        raise JudderError(f"--out {out} is there already, or is no .npz.", hint="Name a new file.npz.")
    recordings = read_recordings(source)
    write_all = npz.write if to is Target.npz else csv_folder.write
    written = write_all(choose(recordings, conditions) if conditions else recordings, out)
    next_step(f"judder inspect {word(out)}")
    return written


def _write_array(source: Path, out: Path) -> Path:
    try:
        values = np.load(source, allow_pickle=False)
    except (OSError, ValueError, EOFError) as error:
        raise JudderError(
            f"{source} is no .npy file: {error}.", hint="Write it with numpy.save()."
        ) from error
    if not isinstance(values, np.ndarray):
        raise JudderError(f"{source} holds several arrays.", hint="Save the one you want as .npy.")
    out.write_text(c_source.header(c_source.identifier(out.stem), values, f"Made of {source.name}"), "ascii")
    return out


def _tflite(source: Path, out: Path) -> list[Path]:
    with working("converting, and comparing with Keras"):
        if source.suffix == ".keras":
            exported, artefact = export_keras(source), None
        else:
            model, artefact = read_model(source)
            exported = export_autoencoder(autoencoder_of(model))
    written = write(exported, out, artefact)
    _print_report(exported)
    beside = out.with_suffix(MODEL_SUFFIX)
    first = "" if beside.exists() else f"put the model beside it as {beside.name}, then "
    next_step(f"{first}judder evaluate {word(out)} --data DATA --normal CONDITION")
    return written


def _keras(source: Path, out: Path) -> list[Path]:
    from judder.detectors.tensorflow import keras_of

    if out.suffix != ".keras":
        raise JudderError(f"--out {out.name} is no name of a Keras file.", hint="Name it NAME.keras.")
    model, artefact = read_model(source)
    beside = out.with_suffix(MODEL_SUFFIX)
    refuse_other(beside, artefact)
    keras_of(autoencoder_of(model).layers).save(out)
    write_whole(beside, artefact)
    next_step(f"judder evaluate {word(out)} --data DATA --normal CONDITION")
    return [out, beside]


def _print_report(exported: Exported) -> None:
    """Print bytes, arena and operators, and how far each runtime is from Keras."""
    for name, data, arena in zip(
        ("float32", "int8"), (exported.float32, exported.int8), exported.arena, strict=True
    ):
        result(f"{name}: {len(data)} bytes, arena {arena} bytes on this computer")
    result(f"operators: {', '.join(exported.operators)}")
    rows = []
    for row in exported.rows:
        gaps = [row.note, ""] if row.largest is None else [f"{row.largest:.2g}", f"{row.mean:.2g}"]
        rows.append((row.runtime, row.windows, *gaps))
    print_table(("runtime", "windows", "largest gap to Keras", "mean gap"), rows, folding=(2,))
