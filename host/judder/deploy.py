"""Put Judder on a board: stage a clean tree, copy it with mpremote, verify what landed, reset.

Everything on the wire is real mpremote's; see facts of its `cp` in device/README.md.
"""

import hashlib
import json
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from judder_core.config import parse_config

from judder.artefact import read_model
from judder.errors import JudderError, install_hint

MODEL_FILE = "model.judder.json"
CONFIG_FILE = "config.json"
OURS = ("judder_core", "judder_node")
ON_THE_WAY = ("order.txt", "new.judder.json", "tried.judder.json")
"""A model that was coming over the network: the one that is deployed takes its place."""
ATTEMPTS = 3
TIMEOUT_S = 120

IDENTIFY = "import machine; print(''.join(['%02x' % b for b in machine.unique_id()[:6]]))"
LIST = """
import hashlib, json, os
def walk(folder):
    for entry in os.ilistdir(folder or '/'):
        path = folder + '/' + entry[0]
        if entry[1] & 0x4000:
            yield from walk(path)
        else:
            digest = hashlib.sha256()
            with open(path, 'rb') as file:
                block = file.read(256)
                while block:
                    digest.update(block)
                    block = file.read(256)
            yield path[1:], ''.join(['%02x' % b for b in digest.digest()])
for found in walk(''):
    print(json.dumps(found))
"""
"""Prints a line a file: after all the reading, no room is left in one piece for the whole list."""


@dataclass(frozen=True)
class Deployed:
    """What landed: the board's id, how many files, and the id of its model, None where it has none."""

    device_id: str
    files: int
    removed: list[str]
    model_id: str | None


def source_root() -> Path:
    """Return the folder that holds device/ and shared/: the checkout, or what the wheel carries."""
    package = Path(__file__).parent
    for root in (package.parents[1], package / "bundle"):
        if (root / "device" / "main.py").exists():
            return root
    raise JudderError("The board's files are not installed.", hint="Install Judder again.")


def stage(folder: Path, config: Path | None, model: Path | None) -> str | None:
    """Copy what belongs on a board into folder, which is emptied first; return the model's id.

    Config and model are checked first, and that they fit each other: a mistake is found before anything
    is copied. Raises ConfigError, ModelError or JudderError.
    """
    settings = _read_config(config) if config else None
    loaded = read_model(model)[0] if model else None
    if settings and loaded:
        misfit = loaded.fits(settings["signal"]["window_len"], settings["signal"]["sample_rate_hz"])
        if misfit:
            raise JudderError(
                f"Config and model do not fit: {misfit}.",
                hint='Change "signal" in the config, or train on recordings made with it.',
            )
    root = source_root()
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for file in (root / "device").glob("*.py"):
        shutil.copyfile(file, folder / file.name)
    only_python = shutil.ignore_patterns("__pycache__", "README*")
    shutil.copytree(root / "device" / "judder_node", folder / "judder_node", ignore=only_python)
    shutil.copytree(root / "shared" / "judder_core", folder / "judder_core", ignore=only_python)
    if config:
        shutil.copyfile(config, folder / CONFIG_FILE)
    if model:
        on_board = folder / (settings[""]["model"].lstrip("/") if settings else MODEL_FILE)
        on_board.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(model, on_board)
    return loaded.model_id if loaded else None


def _read_config(path: Path) -> dict[str, Any]:
    if not path.is_file():
        raise JudderError(f"There is no file {path}.", hint="device/config.example.json shows a config.")
    try:
        text = path.read_text("utf-8")
    except UnicodeDecodeError as error:
        raise JudderError(f"{path} is not UTF-8 text.", hint="Save it as UTF-8.") from error
    config: dict[str, Any] = parse_config(text, path.name)
    return config


def deploy(port: str, staged: Path, model_id: str | None) -> Deployed:
    """Copy the staged tree to the board at port, verify every file by its hash, and reset the board.

    Raises JudderError where the board does not answer or a file did not land.
    """
    device_id = run_mpremote(port, "exec", IDENTIFY).strip()
    run_mpremote(port, "cp", "-r", f"{staged}/.", ":")
    wanted = {
        file.relative_to(staged).as_posix(): hashlib.sha256(file.read_bytes()).hexdigest()
        for file in staged.rglob("*")
        if file.is_file()
    }
    landed = dict(json.loads(line) for line in run_mpremote(port, "exec", LIST).splitlines())
    wrong = sorted(name for name, digest in wanted.items() if landed.get(name) != digest)
    if wrong:
        raise JudderError(f"{', '.join(wrong)} did not land on {port} whole.", hint="Deploy again.")
    if CONFIG_FILE not in landed:
        raise JudderError(f"The board at {port} has no {CONFIG_FILE}.", hint="Deploy with --config.")
    stale = [name for name in landed if name.split("/")[0] in OURS and name not in wanted]
    if model_id:
        stale += [name for name in ON_THE_WAY if name in landed]
    if stale:
        run_mpremote(port, "rm", *(f":{name}" for name in sorted(stale)))
    run_mpremote(port, "reset")
    return Deployed(device_id, len(wanted), sorted(stale), model_id)


def run_mpremote(port: str, *command: str) -> str:
    """Return what mpremote prints. A board that is busy is asked again. Raises JudderError."""
    for attempt in range(ATTEMPTS):
        try:
            run = subprocess.run(
                [sys.executable, "-m", "mpremote", "connect", port, *command],
                capture_output=True,
                text=True,
                timeout=TIMEOUT_S,
            )
        except subprocess.TimeoutExpired as error:
            raise JudderError(
                f"The board at {port} did not finish {command[0]} in {TIMEOUT_S} s.",
                hint="Press its reset button.",
            ) from error
        if run.returncode == 0:
            return run.stdout
        if "could not enter raw repl" not in run.stderr + run.stdout or attempt == ATTEMPTS - 1:
            break
    raise _explain(port, command[0], (run.stderr.strip() or run.stdout.strip()).splitlines()[-1:])


def _explain(port: str, command: str, last_line: list[str]) -> JudderError:
    said = last_line[0] if last_line else "nothing"
    if "No module named mpremote" in said:
        return JudderError("mpremote is not installed.", hint=install_hint("deploy"))
    if "failed to access" in said or "no device found" in said:
        return JudderError(
            f"There is no board at {port}: {said}.",
            hint="judder doctor lists the serial ports; close other programs that use this one.",
        )
    return JudderError(f"mpremote {command} failed at {port}: {said}.", hint="Reset the board and try again.")
