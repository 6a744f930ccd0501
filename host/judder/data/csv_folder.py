"""The reference's layout: one folder per condition, CSV files of `x, y, z` rows in g, files in time order.

Read from a directory, a .zip of it or a single file. A folder may hold a judder.json beside its CSV
files: {"sample_rate_hz", "group", "name", "condition"}; what write() leaves there makes the round trip
lossless. Its condition stands for one that can name no folder.
"""

import json
import zipfile
import zlib
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from pathlib import Path, PurePosixPath
from typing import Any

import numpy as np

from judder.data.archives import inside, require_bounded
from judder.data.file_names import file_name, folder_name
from judder.data.recording import Recording, Samples, make_recording
from judder.errors import JudderError

METADATA = "judder.json"
LEAST_BYTES = 16_000_000
"""What an archive may unpack to, however small it is. Text takes some 25 times its size to read."""

Reader = Callable[[], bytes]


def read(path: Path) -> list[Recording]:
    """Return the recordings in a directory, .zip or .csv, a folder each, sorted by name."""
    folders: dict[PurePosixPath, dict[str, Reader]] = defaultdict(dict)
    for name, reader in _files(path):
        folders[name.parent][name.name] = reader
    leaves = {folder: files for folder, files in sorted(folders.items()) if any(map(_is_csv, files))}
    root = _common_root(list(leaves))
    return [
        _read_folder(str(folder.relative_to(root)), files, f"{path}:{folder}")
        for folder, files in leaves.items()
    ]


def _files(path: Path) -> Iterator[tuple[PurePosixPath, Reader]]:
    """Yield (name, function that reads it) of each file under path."""
    if path.is_dir():
        for file in sorted(path.rglob("*")):
            if file.is_file():
                yield PurePosixPath(path.name, file.relative_to(path).as_posix()), file.read_bytes
    elif path.suffix == ".zip":
        try:
            archive = zipfile.ZipFile(path)
        except zipfile.BadZipFile as error:
            raise JudderError(
                f"{path} is no whole .zip: {error}.", hint="Copy or download it again."
            ) from error
        require_bounded(path, archive, LEAST_BYTES)
        for member in sorted(archive.namelist()):
            if not member.endswith("/") and "__MACOSX" not in member:
                yield PurePosixPath(path.stem, inside(member)), partial(_member, archive, member)
    else:
        yield PurePosixPath(path.parent.name or "data", path.name), path.read_bytes


def _member(archive: zipfile.ZipFile, name: str) -> bytes:
    """Return what a member of an archive holds. Raises JudderError where it is damaged or has a password."""
    try:
        return archive.read(name)
    except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError) as error:
        raise JudderError(
            f"{archive.filename} is damaged or locked: {error}.", hint="Copy it again, or unpack it first."
        ) from error


def _is_csv(name: str) -> bool:
    return name.lower().endswith(".csv")


def _common_root(folders: list[PurePosixPath]) -> PurePosixPath:
    """Return the deepest folder above all of folders: conditions are named by what follows it."""
    if not folders:
        return PurePosixPath()
    root = folders[0].parent
    while not all(folder.is_relative_to(root) and folder != root for folder in folders):
        root = root.parent
    return root


def _read_folder(condition: str, files: dict[str, Reader], where: str) -> Recording:
    metadata = _read_metadata(files, where)
    names = sorted(filter(_is_csv, files), key=_time_order)
    parts = [(PurePosixPath(name).stem, parse(files[name](), f"{where}/{name}")) for name in names]
    return make_recording(
        metadata.get("condition", condition),
        metadata.get("name", condition),
        parts,
        sample_rate_hz=metadata.get("sample_rate_hz"),
        group=metadata.get("group"),
    )


def _read_metadata(files: dict[str, Reader], where: str) -> dict[str, Any]:
    if METADATA not in files:
        return {}
    try:
        return dict(json.loads(files[METADATA]()))
    except (ValueError, TypeError) as error:
        raise JudderError(
            f"{where}/{METADATA} is not a JSON object: {error}.", hint="Mend or remove it."
        ) from error


def _time_order(name: str) -> tuple[int, str]:
    stem = PurePosixPath(name).stem
    return (int(stem), name) if stem.isdigit() else (-1, name)


def parse(data: bytes, where: str) -> Samples:
    """Return the rows (n, 3) of a CSV file, float64. A first line of names is passed over.

    Raises JudderError that names the file and the line of anything but three finite numbers a row.
    """
    text = data.decode("utf-8", "replace").strip()
    first, _, rest = text.partition("\n")
    if (
        any(letter.isalpha() for letter in first.replace("e", "").replace("E", ""))
        and "nan" not in first.lower()
    ):
        text = rest
    try:
        values = np.array(text.replace("\n", ",").split(","), dtype=np.float64)
        rows = values.reshape(-1, 3)
    except ValueError:
        rows = None
    if rows is None or not np.isfinite(rows).all() or len(rows) != text.count("\n") + 1:
        raise _explain(text, where)
    return rows


def _explain(text: str, where: str) -> JudderError:
    """Return the error that names the first wrong line of text."""
    for number, line in enumerate(text.splitlines(), 1):
        if not _is_row(line):
            return JudderError(
                f"{where}, row {number}: {line[:60]!r} is not three finite numbers x, y, z.",
                hint="Remove or mend the row; each row is one sample in g.",
            )
    return JudderError(f"{where} is empty.", hint="Remove it, or record again.")


def _is_row(line: str) -> bool:
    try:
        values = [float(value) for value in line.split(",")]
    except ValueError:
        return False
    return len(values) == 3 and bool(np.isfinite(values).all())


def write(recordings: Iterable[Recording], directory: Path) -> list[Path]:
    """Write each recording as a folder of CSV files in the reference's layout; return the folders.

    Raises JudderError rather than write into a folder that already holds CSV files.
    """
    folders = []
    for recording in recordings:
        folder = directory / folder_name(recording.condition)
        if list(folder.glob("*.csv")):
            folder = directory / folder_name(f"{recording.condition}-{recording.name}")
        if list(folder.glob("*.csv")):
            raise JudderError(f"{folder} already holds CSV files.", hint="Choose an empty --out folder.")
        folder.mkdir(parents=True, exist_ok=True)
        _write_folder(recording, folder, folder.relative_to(directory).as_posix())
        folders.append(folder)
    return folders


def _write_folder(recording: Recording, folder: Path, reads_as: str) -> None:
    for k, segment in enumerate(recording.segments):
        in_g = segment.samples * recording.scale_g if recording.scale_g else segment.samples
        lines = (", ".join(map(str, row)) for row in in_g.tolist())
        (folder / f"{file_name(segment.name, k)}.csv").write_text("\n".join(lines) + "\n")
    metadata = {"name": recording.name, "sample_rate_hz": recording.sample_rate_hz, "group": recording.group}
    if reads_as != recording.condition:
        metadata["condition"] = recording.condition
    known = {key: value for key, value in metadata.items() if value is not None}
    (folder / METADATA).write_text(json.dumps(known) + "\n")
