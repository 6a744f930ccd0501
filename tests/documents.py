"""What tests read out of the documents: their tables and their commands."""

import re
import shlex
from pathlib import Path

ROOT = Path(__file__).parents[1]
GUIDES = ROOT / "host" / "guides"
ALL = sorted([*ROOT.glob("*.md"), *(ROOT / "host").glob("*.md"), *GUIDES.glob("*.md")]) + [
    ROOT / "device" / "README.md",
    ROOT / "firmware-arduino" / "README.md",
    ROOT / "tools" / "board" / "README.md",
    ROOT / "host" / "judder" / "server" / "THREATS.md",
]
COMMANDS = ("judder", "make", "mpremote", "cp", ".")


def section(document, title):
    """Return what stands under a heading of the second level."""
    return document.split(f"\n## {title}\n")[1].split("\n## ")[0]


def tables(document, title):
    """Return the tables of a section: each a list of rows of cells, heads and rules left out."""
    found = []
    blocks = re.findall(r"^\|.*(?:\n\|.*)*", section(document, title), re.MULTILINE)
    for block in blocks:
        lines = [re.split(r"(?<!\\)\|", line)[1:-1] for line in block.splitlines()]
        found.append([[cell.strip() for cell in line] for line in lines[2:]])
    return found


def rows(document, title):
    """Return the rows of all tables of a section."""
    return [row for table in tables(document, title) for row in table]


def names(cell):
    return re.findall(r"`([^`]+)`", cell)


def first_names(document, title):
    return [name for row in rows(document, title) for name in names(row[0])]


def commands(text):
    """Return the shell commands of text's indented blocks, comments and line breaks taken out."""
    blocks = "\n".join(re.findall(r"^    (.*)$", text, re.MULTILINE)).replace("\\\n", " ")
    lines = [line for line in blocks.splitlines() if line.split(" ")[0] in COMMANDS]
    return [shlex.split(line, comments=True) for line in lines]
