"""Files and folders for what people named: no name leads out of its folder or is refused by the system."""

import hashlib
import re

from judder.text import visible

MOST_BYTES = 200  # a file system takes 255 for one part of a path; an ending may follow


def folder_name(condition: str) -> str:
    """Return the relative path of a condition's folder: its name, "/" and all, where that can be one.

    >>> folder_name("low/normal"), folder_name("fan [left]"), folder_name("../up")
    ('low/normal', 'fan [left]', 'up-8c722b8a')
    """
    if all(map(_can_be_a_file, condition.split("/"))):
        return condition
    readable = "-".join(re.findall(r"\w+", condition))[:40]
    digest = hashlib.sha256(condition.encode("utf-8", "surrogatepass")).hexdigest()
    return f"{readable}-{digest[:8]}".strip("-")


def file_name(name: str, number: int) -> str:
    """Return what to call the file of a segment: its name where that can be one, else its number."""
    return name if _can_be_a_file(name) else f"{number:04d}"


def _can_be_a_file(part: str) -> bool:
    """Tell whether part can be a file's name on Linux and macOS, and on Windows but for its own few words."""
    plain = visible(part) == part and not set(part) & set('/\\<>:"|?*')
    return plain and part.strip(" .") == part != "" and len(part.encode()) <= MOST_BYTES
