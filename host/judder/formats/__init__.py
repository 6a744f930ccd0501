"""Recordings as files, in and out."""

from collections.abc import Iterable
from pathlib import Path

from judder.recording import Recording


def write(recordings: Iterable[Recording], out: Path) -> list[Path]:
    """Write recordings to out: an .npz, or a folder of CSV folders; return the files or folders."""
    from judder.formats import csv_folder, npz

    return npz.write(recordings, out) if out.suffix == ".npz" else csv_folder.write(recordings, out)
