"""What a server keeps, copied and put back: its store, its models, and a list of both with their hashes."""

import hashlib
import json
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from judder.data.whole import write_whole
from judder.errors import JudderError
from judder.server.services.models import FOLDER as MODELS
from judder.server.storage import folder as stores

LIST_NAME = "backup.json"
FORMAT = "judder-backup"
HALF = ".restore.part"
"""What is put back waits here, in the data folder, until it is whole."""


@dataclass(frozen=True)
class Backup:
    """What is in a backup. rows: per table of the store. files: the SHA-256 of each file, by its path."""

    rows: dict[str, int]
    files: dict[str, str]
    size: int


def back_up(data_dir: Path, out: Path) -> Backup:
    """Copy what the server on data_dir keeps to the new folder out, and check it. Raises JudderError."""
    if not stores.is_one(data_dir):
        raise JudderError(f"{data_dir} is no server's data folder.", hint="Name it with --data-dir.")
    if out.exists():
        raise JudderError(f"{out} is there already.", hint="Name a folder that is not there yet.")
    if out.resolve().is_relative_to(data_dir.resolve()):
        raise JudderError(
            f"{out} is inside {data_dir}.", hint="Name a folder beside it, on another disk best."
        )
    with _whole(out):
        rows = stores.copy_store(data_dir, out)
        if (data_dir / MODELS).is_dir():
            shutil.copytree(data_dir / MODELS, out / MODELS, ignore=shutil.ignore_patterns(".*.part"))
        files = _hashes(out)
        listed = {
            "format": FORMAT,
            "version": 1,
            "made_us": time.time_ns() // 1000,
            "rows": rows,
            "files": files,
        }
        write_whole(out / LIST_NAME, json.dumps(listed, indent=1).encode())
    return Backup(rows, files, _size(out))


def restore(backup: Path, data_dir: Path) -> Backup:
    """Check a backup and put it into data_dir, which holds no store yet. Raises JudderError."""
    if stores.is_one(data_dir):
        raise JudderError(f"{data_dir} holds a server's data already.", hint="Name another with --data-dir.")
    found, half = check(backup), data_dir / HALF
    shutil.rmtree(half, ignore_errors=True)
    with _whole(half):
        for name in found.files:
            (half / name).parent.mkdir(0o700, parents=True, exist_ok=True)
            shutil.copy2(backup / name, half / name)
        if _hashes(half, found.files) != found.files or stores.check_store(half) != found.rows:
            raise JudderError(f"{half} does not hold what {backup} does.", hint="Try again, on another disk.")
        for name in sorted(found.files, key=lambda name: Path(name).parent == Path()):
            (data_dir / name).parent.mkdir(0o700, parents=True, exist_ok=True)
            (half / name).replace(data_dir / name)  # the store last: it makes the folder a server's
    shutil.rmtree(half, ignore_errors=True)
    return found


@contextmanager
def _whole(folder: Path) -> Iterator[None]:
    """Make folder, and take it away where what is done in it fails. Raises JudderError."""
    try:
        folder.parent.mkdir(0o700, parents=True, exist_ok=True)
        folder.mkdir(0o700)
        yield
    except BaseException as error:
        shutil.rmtree(folder, ignore_errors=True)
        if isinstance(error, OSError):
            why = error.strerror or error
            raise JudderError(f"{folder} cannot be written: {why}.", hint="Is there room?") from error
        raise


def check(backup: Path) -> Backup:
    """Return what a backup holds. Raises JudderError where it is not as it was made."""
    listed = _listed(backup)
    if _hashes(backup, listed["files"]) != listed["files"]:
        changed = [n for n, h in listed["files"].items() if _hashes(backup, [n]) != {n: h}]
        raise JudderError(f"{backup / changed[0]} is not as it was backed up.", hint="Take another backup.")
    if stores.check_store(backup) != listed["rows"]:
        raise JudderError(f"{backup} does not hold the rows that it lists.", hint="Take another backup.")
    return Backup(listed["rows"], listed["files"], _size(backup))


def _listed(backup: Path) -> dict[str, Any]:
    try:
        listed = json.loads((backup / LIST_NAME).read_bytes())
        files, rows = listed["files"], listed["rows"]
        is_one = listed["format"] == FORMAT and isinstance(files, dict) and isinstance(rows, dict)
        is_one = is_one and all(map(_stays_inside, files)) and all(files.values())
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        is_one = False
    if not is_one:
        raise JudderError(f"{backup} is no backup.", hint="judder backup makes one.")
    return dict(listed)


def _stays_inside(name: str) -> bool:
    return not Path(name).is_absolute() and ".." not in Path(name).parts


def _hashes(folder: Path, names: Any = None) -> dict[str, str]:
    """Return the SHA-256 of each file in folder, all unless named; "" for one that is not there."""
    if names is None:
        names = sorted(str(p.relative_to(folder)) for p in folder.rglob("*") if p.is_file())
    return {name: _hash(folder / name) for name in names}


def _hash(path: Path) -> str:
    if not path.is_file():
        return ""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _size(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
