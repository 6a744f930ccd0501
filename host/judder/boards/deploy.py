"""Put Judder on a board: ask what it is, stage its files, copy them with mpremote, verify what landed, reset.

Everything on the wire is real mpremote's.
"""

import hashlib
import json
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from judder_node import NEW_MODEL, ORDER, TRIED_MODEL

from judder.boards.app_modules import PACKAGES
from judder.boards.chips import chip_of
from judder.boards.config import BoardConfig, read_config, read_for_some_chip
from judder.boards.keys import ChooseKey, keep, read_certificate, with_key
from judder.boards.staging import CONFIG_FILE, Firmware, stage
from judder.errors import JudderError, install_hint
from judder.model.files import read_model

ON_THE_WAY = (ORDER, NEW_MODEL, TRIED_MODEL)
"""A model that was coming over the network: the one that is deployed takes its place."""
ATTEMPTS = 3
TIMEOUT_S = 120

ASK = """
import json, machine, os, sys
def lacks(pin):
    try:
        machine.Pin(pin)
    except ValueError:
        return True
try:
    import ulab
except ImportError:
    ulab = None
try:
    with open('config.json') as file:
        key = json.load(file)['server']['key']
except (OSError, ValueError, KeyError, TypeError):
    key = ''
print(json.dumps({
    'device_id': ''.join(['%%02x' %% b for b in machine.unique_id()[:6]]),
    'machine': os.uname()[4],
    'mpy': getattr(sys.implementation, '_mpy', 0),
    'ulab': ulab is not None,
    'key': key,
    'missing_pins': [pin for pin in %s if lacks(pin)],
}))
"""
"""Prints what the board is. A pin that is made without a mode stays as it is."""
FORGET = """
import machine
if hasattr(machine, 'RTC'):
    machine.RTC().memory(b'')
"""
"""What ended the app in the boots before, judder_node.crash: a board in safe mode watches again."""
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
"""Prints one line per file: after all the reading, no room is left in one piece for the whole list."""


@dataclass(frozen=True)
class Deployed:
    """What landed: the board's id, how many files, and the id of its model, None where it was given none.

    as_source: its modules went as they are written, since it cannot load what mpy-cross makes or was not to.
    has_key: whether it signs what it sends.
    """

    device_id: str
    files: int
    removed: list[str]
    model_id: str | None
    as_source: bool
    has_key: bool = False


def deploy(
    port: str,
    config: Path | None,
    model: Path | None,
    *,
    source: bool = False,
    choose_key: ChooseKey = keep,
    ca: Path | None = None,
) -> Deployed:
    """Put Judder, config and model on the board at port, verify every file by its hash, and reset the board.

    Config and model are checked first, and that they fit each other and the board: a mistake is found before
    anything is copied. source: send modules as they are written. choose_key: returns the board's key of its
    id and the one it has, by config or else on the board. ca: the certificate for server.ca. Raises
    ConfigError, ModelError or JudderError; also where the board does not answer or a file did not land.
    """
    model_id = check(config, model)
    certificate = read_certificate(ca) if ca else None
    about = ask(port, read_for_some_chip(config).pins if config else [])
    firmware = Firmware(about["mpy"], about["ulab"])
    with tempfile.TemporaryDirectory() as folder:
        ready = _config(port, config, about, choose_key, Path(folder))
        staged = Path(folder) / "board"
        stage(staged, firmware, ready, model, certificate, source=source)
        files, removed = _copy(port, staged, model_id, ready)
    run_mpremote(port, "exec", FORGET, "reset")
    has_key = bool(ready.sections["server"]["key"] if ready else about.get("key"))
    as_source = source or not firmware.takes_mpy
    return Deployed(about["device_id"], files, removed, model_id, as_source, has_key)


def check(config: Path | None, model: Path | None) -> str | None:
    """Return the model's id, None without one. Raises ConfigError, ModelError or JudderError."""
    settings = read_for_some_chip(config).sections if config else None
    loaded = read_model(model)[0] if model else None
    if settings and loaded:
        misfit = loaded.fits(settings["signal"]["window_len"], settings["signal"]["sample_rate_hz"])
        if misfit:
            raise JudderError(
                f"Config and model do not fit: {misfit}.",
                hint='Change "signal" in the config, or train on recordings made with it.',
            )
    return loaded.model_id if loaded else None


def ask(port: str, pins: list[int]) -> dict[str, Any]:
    """Return what the board at port says of itself; missing_pins: those of pins that it has not."""
    about: dict[str, Any] = json.loads(run_mpremote(port, "exec", ASK % pins))
    return about


def _config(
    port: str, path: Path | None, about: dict[str, Any], choose_key: ChooseKey, folder: Path
) -> BoardConfig | None:
    """Return the config to be deployed, with its key; None where the board keeps its own as it is."""
    chip, missing, has = chip_of(about["machine"]), about["missing_pins"], about.get("key", "")
    ready = read_config(path, chip, missing) if path else None
    key = choose_key(about["device_id"], (ready.sections["server"]["key"] if ready else "") or has)
    if ready is None and key != has:
        (folder / CONFIG_FILE).write_text(run_mpremote(port, "fs", "cat", f":{CONFIG_FILE}"), "utf-8")
        ready = read_config(folder / CONFIG_FILE, chip, missing)
    return with_key(ready, key) if ready else None


def _copy(port: str, staged: Path, model_id: str | None, config: BoardConfig | None) -> tuple[int, list[str]]:
    """Copy the staged tree, verify it, remove what is stale; return how many files it has, and what went.

    Stale is what an earlier deploy left: a module's .py would win over the .mpy beside it.
    """
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
    server = config.sections["server"] if config else {"tls": False}
    if server["tls"] and server["ca"] not in landed:
        raise JudderError(f"The board at {port} has no {server['ca']}.", hint="Deploy with --ca.")
    stale = [name for name in landed if name.split("/")[0] in PACKAGES and name not in wanted]
    if model_id:
        stale += [name for name in ON_THE_WAY if name in landed]
    if stale:
        run_mpremote(port, "rm", *(f":{name}" for name in sorted(stale)))
    return len(wanted), sorted(stale)


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
