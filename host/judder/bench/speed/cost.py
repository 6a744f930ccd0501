"""Servers as processes, and the time of the processor that requests cost them."""

import contextlib
import json
import os
import re
import secrets
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

from judder.bench.speed.clients import Asked, Asking
from judder.errors import JudderError

UNBOUND = {"JUDDER_MAX_BOARD_MB_PER_MINUTE": "1e6", "JUDDER_MAX_BOARDS": "10000"}
"""The boards of a measurement send faster than any that watches a machine."""
PORT = re.compile(r":(\d+),")


@dataclass
class Server:
    """A process that serves on a port of this machine. boot_id, next_seq: no window is called so yet."""

    process: "subprocess.Popen[str]"
    port: int
    boot_id: int = field(default_factory=lambda: secrets.randbits(30))
    next_seq: int = 0

    def cpu_ns(self) -> int:
        """Return the time of the processor that its threads have taken. Raises JudderError outside Linux."""
        tasks = Path(f"/proc/{self.process.pid}/task")
        try:
            return sum(int((task / "schedstat").read_text().split()[0]) for task in tasks.iterdir())
        except OSError as error:
            raise JudderError("/proc says nothing of threads.", hint="Measure it on Linux.") from error

    def cost(self, asking: Asking) -> "Cost":
        """Ask it, from another process, and return what that took."""
        asking = replace(asking, port=self.port, boot_id=self.boot_id, first_seq=self.next_seq)
        before_ns = self.cpu_ns()
        run = subprocess.run(
            [sys.executable, "-m", "judder.bench.speed.clients"],
            input=json.dumps(asdict(asking)),
            stdout=subprocess.PIPE,
            text=True,
            check=True,
        )
        asked = Asked(**json.loads(run.stdout))
        self.next_seq = asked.next_seq
        return Cost((self.cpu_ns() - before_ns) / 1000, asked, max(1, asking.frames))


@dataclass(frozen=True)
class Cost:
    """cpu_us: of the server, for all that was asked. frames: in each request."""

    cpu_us: float
    asked: Asked
    frames: int

    @property
    def each_us(self) -> float:
        """Of one window, or of one empty request."""
        return self.cpu_us / (self.asked.requests * self.frames)

    @property
    def per_s(self) -> float:
        """Windows or empty requests a second, by the clock on the wall."""
        return self.asked.requests * self.frames / self.asked.seconds


@contextlib.contextmanager
def serving(*command: str | Path) -> Iterator[Server]:
    """Yield the server that a module of ours with its arguments starts: `judder serve ...`, say."""
    process = subprocess.Popen(
        [sys.executable, "-m", *map(str, command)],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        env={**os.environ, **UNBOUND},
    )
    with process:
        try:
            found = PORT.search(process.stdout.readline() if process.stdout else "")
            if found is None:
                raise JudderError("The server did not start.", hint="Try it by hand: judder serve")
            yield Server(process, int(found[1]))
        finally:
            process.kill()


@contextlib.contextmanager
def judder(data_dir: Path, *options: str | Path) -> Iterator[Server]:
    """Yield a server with its data there."""
    where = ("--data-dir", data_dir, "--host", "127.0.0.1", "--port", "0")
    with serving("judder", "serve", *where, *options) as server:
        yield server
