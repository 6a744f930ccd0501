"""Files that are there whole, or as they were before."""

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO


@contextmanager
def whole_file(path: Path) -> Iterator[BinaryIO]:
    """Yield a file to write. It takes path's place once it is on disk; where that fails, path stays as it is.

    A full disk, Ctrl-C and a power cut leave no half of it. What is no file, such as /dev/stdout, is written
    as it is. Raises OSError.
    """
    if path.exists() and not path.is_file():
        with path.open("wb") as there:
            yield there
        return
    target = path.resolve()
    beside = target.with_name(f".{secrets.token_hex(4)}.part")
    try:
        with beside.open("wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        beside.replace(target)
    except OSError as error:
        if error.filename == str(beside):  # nobody asked for that one
            error.filename, error.filename2 = str(path), None
        raise
    finally:
        beside.unlink(missing_ok=True)


def write_whole(path: Path, data: bytes) -> None:
    """Write data to the file at path, wholly or not at all. Raises OSError."""
    with whole_file(path) as file:
        file.write(data)
