"""Compile the firmware's plain C++ with g++, or say in one sentence why that cannot be."""

import shutil
import subprocess
from collections.abc import Iterable
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SKETCH = ROOT / "firmware-arduino" / "judder_tflm"
CORE = SKETCH / "src" / "core"
PROGRAMS = Path(__file__).with_name("programs")

STRICT = ["-std=c++17", "-Wall", "-Wextra", "-Werror", "-Wshadow", "-Wconversion", "-ffp-contract=off"]
SANITIZED = ["-O1", "-g", "-fsanitize=address,undefined", "-fno-sanitize-recover=all"]
BARE = ["-fno-exceptions", "-fno-rtti"]  # how boards compile the core


def need(tool: str, package: str) -> str:
    """Return the path of a tool; without it, skip and name the Debian package it comes in."""
    path = shutil.which(tool)
    if path is None:
        pytest.skip(f"No {tool} here: apt-get install {package}")
    return path


def core_sources() -> list[Path]:
    return sorted(CORE.rglob("*.cpp"))


def run(command: Iterable[object], **how: object) -> subprocess.CompletedProcess[str]:
    """Run a command; where it fails, fail with what it said."""
    words = [str(word) for word in command]
    result = subprocess.run(words, capture_output=True, text=True, timeout=300, **how)  # type: ignore[call-overload]
    assert result.returncode == 0, f"{' '.join(words)}\n{result.stdout}{result.stderr}"
    return result  # type: ignore[no-any-return]


def compile_core(folder: Path) -> list[Path]:
    """Return the core's object files, made with every warning an error and with the sanitizers."""
    compiler = need("g++", "g++")
    run([compiler, *STRICT, *SANITIZED, *BARE, "-c", *core_sources()], cwd=folder)
    return sorted(folder.glob("*.o"))


def link(
    program: str, objects: list[Path], out: Path, *include: Path, options: Iterable[object] = ()
) -> Path:
    """Return the sanitized executable of one of the programs beside this file."""
    folders = [f"-I{folder}" for folder in (CORE, SKETCH, *include)]
    run(["g++", *STRICT, *SANITIZED, *BARE, *folders, PROGRAMS / program, *objects, *options, "-o", out])
    return out
