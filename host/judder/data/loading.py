"""Recordings as files, in and out: whichever format it is."""

from collections.abc import Iterable
from pathlib import Path

from judder.data import csv_folder, npz, server_folder
from judder.data.recording import Recording
from judder.errors import JudderError


def load_recordings(path: Path) -> list[Recording]:
    """Return the recordings in path: a folder of CSV folders, a .zip of it, an .npz, a .csv, or a
    server's data folder. Raises JudderError where there are none or one cannot be read.
    """
    if not path.exists():
        raise JudderError(f"There is no {path}.", hint="Is the path right?")
    if server_folder.is_one(path):
        recordings = server_folder.read(path)
    elif path.suffix == ".npz":
        recordings = npz.read(path)
    else:
        recordings = csv_folder.read(path)
    if not recordings:
        raise JudderError(
            f"{path} holds no recordings.",
            hint="Expected CSV files x, y, z in one folder per condition, a .zip of that, or an .npz.",
        )
    return recordings


def write(recordings: Iterable[Recording], out: Path) -> list[Path]:
    """Write recordings to out: an .npz, or a folder of CSV folders; return the files or folders."""
    return npz.write(recordings, out) if out.suffix == ".npz" else csv_folder.write(recordings, out)
