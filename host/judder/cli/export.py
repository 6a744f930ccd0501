"""judder export: recordings and models in other formats."""

from collections.abc import Callable
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from judder.cli.app import app
from judder.cli.console import talk
from judder.cli.options import DATA_HELP, read_recordings
from judder.dataset import choose
from judder.errors import JudderError
from judder.formats import csv_folder, npz
from judder.recording import Recording


class Target(StrEnum):
    csv = "csv"
    npz = "npz"


WRITERS: dict[Target, Callable[[list[Recording], Path], list[Path]]] = {
    Target.csv: csv_folder.write,
    Target.npz: npz.write,
}


@app.command(epilog="Example: `judder export fan-data --to csv --out fan-csv`")
def export(
    source: Annotated[Path, typer.Argument(help=DATA_HELP)],
    to: Annotated[Target, typer.Option(help="csv: the reference's folders; npz: one lossless file.")],
    out: Annotated[Path, typer.Option(help="The folder or file to write.")],
    condition: Annotated[list[str] | None, typer.Option(help="Only this condition. Repeatable.")] = None,
) -> None:
    """Write recordings as CSV in the reference's layout, or as one .npz."""
    if to is Target.npz and (out.suffix != ".npz" or out.exists()):
        raise JudderError(f"--out {out} is there already, or is no .npz.", hint="Name a new file.npz.")
    recordings = read_recordings(source)
    written = WRITERS[to](choose(recordings, condition) if condition else recordings, out)
    for path in written:
        print(path)
    talk.print(f"next: judder inspect {out}", soft_wrap=True)
