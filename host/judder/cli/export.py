"""judder export: recordings and models in other formats."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import numpy as np
import typer

from judder.cli.app import app
from judder.cli.options import DATA_HELP, RATE_HELP
from judder.dataset import choose
from judder.errors import JudderError
from judder.export import arduino, c_source
from judder.formats import csv_folder, npz
from judder.recording import load_recordings


class Target(StrEnum):
    csv = "csv"
    npz = "npz"
    arduino = "arduino"
    c_array = "c-array"


TO_HELP = (
    "csv: the reference's folders; npz: one lossless file; arduino: a model as model_data.h for the sketch;"
    " c-array: any .npy as a C header."
)


@app.command(
    epilog="Example: `judder export fan.judder.json --to arduino --out firmware-arduino/judder_tflm`"
)
def export(
    source: Annotated[Path, typer.Argument(help=DATA_HELP + " Or a model file, or an .npy.")],
    to: Annotated[Target, typer.Option(help=TO_HELP)],
    out: Annotated[
        Path | None, typer.Option(help="The folder or file to write; c-array: FILE.h beside FILE.npy.")
    ] = None,
    condition: Annotated[list[str] | None, typer.Option(help="Only this condition. Repeatable.")] = None,
    data: Annotated[
        Path | None, typer.Option(help="arduino: recordings to take a normal and an anomalous window from.")
    ] = None,
    normal: Annotated[str | None, typer.Option(help="arduino: the normal window's condition.")] = None,
    anomaly: Annotated[str | None, typer.Option(help="arduino: the anomalous window's condition.")] = None,
    sample_rate: Annotated[float | None, typer.Option(help=RATE_HELP)] = None,
) -> None:
    """Write recordings as CSV or .npz, a model for the Arduino sketch, or an array as a C header."""
    if out is None and to is not Target.c_array:
        raise typer.BadParameter("--out is missing: where to write to.")
    if to is Target.c_array:
        written = [_write_array(source, out or source.with_suffix(".h"))]
    elif to is Target.arduino:
        given = (data, normal, anomaly)
        if any(given) and not all(given):
            raise JudderError("--data, --normal and --anomaly go together.", hint="Give all three, or none.")
        chosen = (data, normal, anomaly, sample_rate) if data and normal and anomaly else None
        written = arduino.write(source, Path(str(out)), chosen)
    else:
        written = _write_recordings(source, to, Path(str(out)), condition)
    for path in written:
        print(path)


def _write_recordings(source: Path, to: Target, out: Path, conditions: list[str] | None) -> list[Path]:
    if to is Target.npz and (out.suffix != ".npz" or out.exists()):
        raise JudderError(f"--out {out} is there already, or is no .npz.", hint="Name a new file.npz.")
    recordings = load_recordings(source)
    write = npz.write if to is Target.npz else csv_folder.write
    return write(choose(recordings, conditions) if conditions else recordings, out)


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
