"""judder export: recordings and models in other formats."""

from collections.abc import Callable
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from judder.cli.app import app
from judder.cli.console import results, talk
from judder.cli.options import DATA_HELP, read_recordings
from judder.dataset import choose
from judder.errors import JudderError
from judder.evaluating import read_model
from judder.formats import csv_folder, npz
from judder.recording import Recording
from judder.tflite.exporting import Exported, export_autoencoder, export_keras, write
from judder.tflite.files import autoencoder_of


class Target(StrEnum):
    csv = "csv"
    npz = "npz"
    tflite = "tflite"
    keras = "keras"


WRITERS: dict[Target, Callable[[list[Recording], Path], list[Path]]] = {
    Target.csv: csv_folder.write,
    Target.npz: npz.write,
}


@app.command(epilog="Example: `judder export fan-data --to csv --out fan-csv`")
def export(
    source: Annotated[Path, typer.Argument(help=DATA_HELP + " For tflite and keras: a model file.")],
    to: Annotated[
        Target,
        typer.Option(
            help="csv: the reference's folders; npz: one lossless file; tflite: a model's autoencoder,"
            " float32 and int8; keras: the same for Keras."
        ),
    ],
    out: Annotated[Path, typer.Option(help="The folder or file to write.")],
    condition: Annotated[list[str] | None, typer.Option(help="Only this condition. Repeatable.")] = None,
) -> None:
    """Write recordings as the reference's CSV or one .npz, or a model's autoencoder as .tflite."""
    if to is Target.tflite:
        written = _tflite(source, out)
    elif to is Target.keras:
        written = _keras(source, out)
    else:
        if to is Target.npz and (out.suffix != ".npz" or out.exists()):
            raise JudderError(f"--out {out} is there already, or is no .npz.", hint="Name a new file.npz.")
        recordings = read_recordings(source)
        written = WRITERS[to](choose(recordings, condition) if condition else recordings, out)
        talk.print(f"next: judder inspect {out}", soft_wrap=True)
    for path in written:
        print(path)


def _tflite(source: Path, out: Path) -> list[Path]:
    if source.suffix == ".keras":
        exported, artefact = export_keras(source), None
    else:
        model, artefact = read_model(source)
        exported = export_autoencoder(autoencoder_of(model))
    written = write(exported, out, artefact)
    _print_report(exported)
    talk.print(f"next: judder evaluate {out} --data DATA --normal CONDITION", soft_wrap=True)
    return written


def _keras(source: Path, out: Path) -> list[Path]:
    from judder.network import keras_of

    if out.suffix != ".keras":
        raise JudderError(f"--out {out.name} is no name of a Keras file.", hint="Name it NAME.keras.")
    model, artefact = read_model(source)
    keras_of(autoencoder_of(model).layers).save(out)
    beside = out.with_suffix(".judder.json")
    beside.write_bytes(artefact)
    talk.print(f"next: judder evaluate {out} --data DATA --normal CONDITION", soft_wrap=True)
    return [out, beside]


def _print_report(exported: Exported) -> None:
    """Print bytes, arena and operators, and how far each runtime is from Keras."""
    for name, data, arena in zip(
        ("float32", "int8"), (exported.float32, exported.int8), exported.arena, strict=True
    ):
        results.print(f"{name}: {len(data)} bytes, arena {arena} bytes on this computer", highlight=False)
    results.print(f"operators: {', '.join(exported.operators)}", highlight=False)
    table = Table("runtime", "windows", "largest gap to Keras", "mean gap", box=None)
    for row in exported.rows:
        gaps = [row.note, ""] if row.largest is None else [f"{row.largest:.2g}", f"{row.mean:.2g}"]
        table.add_row(row.runtime, str(row.windows), *gaps)
    results.print(table)
