"""What somebody else's archive may do: unpack to a bounded size, and name nothing outside of itself."""

import zipfile
from pathlib import Path, PurePosixPath

from judder.errors import JudderError

MOST_TIMES = 20
"""Its own size. Recordings shrink to a half or a quarter; a file made to fill the memory, to a thousandth."""


def require_bounded(path: Path, archive: zipfile.ZipFile, least_bytes: int) -> None:
    """Raise JudderError where members take more than MOST_TIMES the archive's size, and than least_bytes."""
    unpacked = sum(member.file_size for member in archive.infolist())
    if unpacked > max(least_bytes, MOST_TIMES * path.stat().st_size):
        raise JudderError(
            f"{path} would unpack to {unpacked / 1e6:.0f} MB, more than {MOST_TIMES} times its size.",
            hint="If you trust it, unpack it yourself, and name the folder.",
        )


def inside(name: str) -> PurePosixPath:
    """Return a member's name as a path that leads nowhere else.

    >>> inside("/etc/low/0.csv"), inside("../low/0.csv")
    (PurePosixPath('etc/low/0.csv'), PurePosixPath('low/0.csv'))
    """
    return PurePosixPath(*(part for part in PurePosixPath(name).parts if part not in ("/", "//", "..")))
