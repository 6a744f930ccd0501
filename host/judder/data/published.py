"""The ceiling-fan recordings that the well-known tutorial published: fetched, checked, kept as one .zip."""

import hashlib
import http.client
import urllib.request
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

from judder.errors import JudderError

COMMIT = "453006106a3c4708d8319a075997b1022aae4ec9"
URL = f"https://github.com/ShawnHymel/tinyml-example-anomaly-detection/archive/{COMMIT}.zip"
FOLDER = "ceiling-fan/"
SHA256 = "50af15a0f7d1748095d69fd19eaa776c838ce9165f5b7e7dcf36a2568f57c8a3"
"""Of the 4,388 CSV files of that commit, see digest(). The archive itself is packed anew for each request."""
MOST_BYTES = 200_000_000
CHUNK = 1 << 16
TIMEOUT_S = 30
EPOCH = (1980, 1, 1, 0, 0, 0)

Progress = Callable[[int, int | None], None]
"""Takes the bytes that came and, where the server says it, how many there are."""


def fetch(out: Path, progress: Progress, url: str = URL) -> None:
    """Download the recordings to out, a .zip of CSV folders; what is there already is checked and kept.

    out appears only when it is whole and right. Raises JudderError that says what to do without a network.
    """
    if out.exists():
        check(out)
        return
    out.parent.mkdir(parents=True, exist_ok=True)
    archive = out.with_name(out.name + ".part")
    try:
        _download(url, archive, progress)
        keep(archive, out)
    except (OSError, ValueError, http.client.HTTPException) as error:
        raise JudderError(
            f"{url} cannot be downloaded: {getattr(error, 'reason', None) or error}.",
            hint="Without a network, bring it from elsewhere: judder fetch-data --archive FILE.zip",
        ) from error
    finally:
        archive.unlink(missing_ok=True)


def keep(archive: Path, out: Path) -> None:
    """Copy the recordings in the tutorial's .zip, or a copy, to out. Raises JudderError where they differ."""
    check(archive)
    unfinished = out.with_name(out.name + ".new")
    with zipfile.ZipFile(archive) as source, zipfile.ZipFile(unfinished, "w", zipfile.ZIP_DEFLATED) as target:
        for name, member in _members(source):
            target.writestr(zipfile.ZipInfo(FOLDER + name, EPOCH), source.read(member), zipfile.ZIP_DEFLATED)
    unfinished.replace(out)


def check(archive: Path) -> None:
    """Raise JudderError unless archive holds the published recordings, each of them and unchanged."""
    try:
        with zipfile.ZipFile(archive) as source:
            found = digest(source)
    except (OSError, zipfile.BadZipFile) as error:
        raise JudderError(
            f"{archive} is no whole .zip: {error}.", hint="Remove it and fetch it again."
        ) from error
    if found != SHA256:
        raise JudderError(
            f"{archive} does not hold the published recordings: checksum {found[:12]}, not {SHA256[:12]}.",
            hint="Remove it and fetch it again, or name another --out.",
        )


def digest(source: zipfile.ZipFile) -> str:
    """Return the SHA-256 of a line `SHA-256  NAME` for each CSV file below FOLDER, sorted by name."""
    whole = hashlib.sha256()
    for name, member in _members(source):
        whole.update(f"{hashlib.sha256(source.read(member)).hexdigest()}  {name}\n".encode())
    return whole.hexdigest()


def _members(source: zipfile.ZipFile) -> Iterator[tuple[str, str]]:
    """Yield (name below FOLDER, member) of each CSV file there, sorted."""
    below = {member.partition(FOLDER)[2]: member for member in source.namelist() if member.endswith(".csv")}
    yield from sorted((name, member) for name, member in below.items() if name)


def _download(url: str, to: Path, progress: Progress) -> None:
    with urllib.request.urlopen(url, timeout=TIMEOUT_S) as answer, to.open("wb") as file:
        total = answer.headers.get("Content-Length")
        expected, came = int(total) if total else None, 0
        while chunk := answer.read(CHUNK):
            came += len(chunk)
            if came > MOST_BYTES:
                raise OSError(f"it is larger than {MOST_BYTES} bytes")
            file.write(chunk)
            progress(came, expected)
        if expected not in (None, came):
            raise OSError(f"the connection was lost after {came} of {expected} bytes")
