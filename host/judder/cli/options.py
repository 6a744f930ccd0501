"""What the options of the verbs that read recordings and models share."""

from pathlib import Path
from typing import Annotated

import typer

from judder.cli.progress import working
from judder.data.loading import load_recordings
from judder.data.recording import Recording
from judder.errors import JudderError
from judder.model.files import MODEL_SUFFIX

DATA_HELP = "Folder of CSV folders, a .zip of it, an .npz, or a server's data folder."

LEAST_RATE_HZ = 0.1
LEAST_WINDOW_LEN = 16

SampleRate = Annotated[
    float | None, typer.Option(min=LEAST_RATE_HZ, help="Samples per second, where the data do not say.")
]
WindowLen = Annotated[
    int | None,
    typer.Option(
        min=LEAST_WINDOW_LEN, help="Samples per window; if left out, the model's, or what the data suggest."
    ),
]
Hop = Annotated[
    int | None,
    typer.Option(min=1, help="Samples from one window's start to the next; window-len if left out."),
]


def read_recordings(path: Path) -> list[Recording]:
    """Return the recordings in path, and say meanwhile that they are read: large ones take seconds."""
    with working(f"reading {path}"):
        return load_recordings(path)


def model_name(out: Path) -> str:
    """Return the name of the model that out is the file of.

    Raises JudderError where it is no such file.
    """
    if not out.name.endswith(MODEL_SUFFIX):
        raise JudderError(f"--out {out} is no model file name.", hint=f"Name it NAME{MODEL_SUFFIX}.")
    check_parent(out)
    return out.name.removesuffix(MODEL_SUFFIX)


def check_parent(*outs: Path | None) -> None:
    """Raise JudderError unless each file to write, where one is given, lies in a folder that is there."""
    for out in filter(None, outs):
        if not out.parent.is_dir():
            raise JudderError(
                f"There is no folder {out.parent} to write {out.name} to.", hint="Make it first."
            )
