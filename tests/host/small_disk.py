"""A real disk of a few megabytes, for tests that fill it: a tmpfs, which only root may mount."""

import contextlib
import subprocess
import tempfile
from pathlib import Path


@contextlib.contextmanager
def small_disk(folder, megabytes):
    """Mount a disk of that size at folder for as long as this lasts. Raises where that may not be done."""
    folder.mkdir()
    options = ["-t", "tmpfs", "-o", f"size={megabytes}m", "judder-test", folder]
    subprocess.run(["mount", *options], check=True, capture_output=True)
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", folder], check=True)


def fill(folder, leave=0):
    """Fill a disk with a file but for so many bytes; return its path."""
    filler = Path(folder) / "filler"
    with contextlib.suppress(OSError), filler.open("ab", buffering=0) as file:
        while file.write(bytes(65_536)):
            pass
    with filler.open("ab") as file:
        file.truncate(max(0, filler.stat().st_size - leave))
    return filler


def may_be_mounted():
    """Return whether this user may mount a disk here."""
    with tempfile.TemporaryDirectory() as folder:
        try:
            with small_disk(Path(folder) / "disk", 1):
                return True
        except (OSError, subprocess.CalledProcessError):
            return False
