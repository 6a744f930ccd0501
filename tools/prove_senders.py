"""A server in a process of its own, and boards that send to it and keep what was answered."""

import asyncio
import contextlib
import random
import re
import subprocess
import sys
import tempfile
import time
from array import array
from pathlib import Path
from typing import NamedTuple

import aiohttp
from judder_core import wire
from judder_core.window import FLAG_ALERT, FLAG_LOCAL_SCORE, FLAG_NOTICE, Window

ALERT = FLAG_LOCAL_SCORE | FLAG_NOTICE | FLAG_ALERT
LOG = Path(tempfile.gettempdir()) / "judder-served.log"
RUN = """
import sys, time
real, first, off = time.time, time.time(), sys.argv.pop(1)
time.time = lambda: real() - first if off == "None" else real() + float(off)
from judder.cli import main
main()
"""


class Boards:
    """Boards that send a window a second each, and keep what was answered. most: the highest figure seen."""

    def __init__(self, port, boards, boot_id=1):
        self.port, self.boot_id = port, boot_id
        self.names = [bytes([2, 0, 0, 2, k >> 8, k & 255]) for k in range(boards)]
        self.next = dict.fromkeys(self.names, 0)
        self.answered, self.begun, self.trips_s, self.refused, self.most = set(), set(), [], 0, 0

    async def run(self, seconds, period_s=1.0):
        """Send for so many seconds, or until the server is gone."""
        async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=8)) as session:
            await asyncio.gather(*(self._send(session, name, seconds, period_s) for name in self.names))

    async def until(self, figure, is_done, most_s=900):
        """Send in turns of five seconds until is_done twelve times; figure: looked at meanwhile."""
        end, quiet = time.monotonic() + most_s, 0
        while time.monotonic() < end and quiet < 12:
            watching = asyncio.create_task(self._watch(figure))
            await self.run(5)
            watching.cancel()
            quiet = quiet + 1 if is_done() else 0

    async def _watch(self, figure):
        while True:
            self.most = max(self.most, figure())
            await asyncio.sleep(0.1)

    async def _send(self, session, name, seconds, period_s):
        end = time.monotonic() + seconds
        await asyncio.sleep(random.random() * period_s)
        while time.monotonic() < end:
            began = time.monotonic()
            if not await self._post(session, name):
                await asyncio.sleep(0.05)
                continue
            self.trips_s.append(time.monotonic() - began)
            await asyncio.sleep(max(0, period_s - (time.monotonic() - began)))

    async def _post(self, session, name):
        seq = self.next[name]
        flags = ALERT if seq % 16 == 9 else FLAG_LOCAL_SCORE
        counts = array("h", [(7 * k + seq) % 31 for k in range(768)])
        window = Window(counts, 1 / 2048, 250.0, device_id=name, boot_id=self.boot_id, seq=seq, flags=flags)
        url, head = f"http://127.0.0.1:{self.port}/api/v1/windows", {"Content-Type": wire.CONTENT_TYPE}
        with contextlib.suppress(aiohttp.ClientError, TimeoutError, OSError):
            async with session.post(url, data=bytes(wire.encode_window(window)), headers=head) as answer:
                if answer.status == 200:
                    self.answered.add((name.hex(), self.boot_id, seq))
                    if seq % 16 == 9:
                        self.begun.add((name.hex(), self.boot_id, seq))
                    self.next[name] += 1
                    return True
                self.refused += 1
        return False

    def figures(self):
        trips = sorted(self.trips_s)
        p99 = trips[int(0.99 * len(trips))] if trips else 0
        return {
            "windows": len(self.answered),
            "refused": self.refused,
            "p99_ms": round(1000 * p99, 1),
            "most_ms": round(1000 * max(trips, default=0), 1),
        }


class Served(NamedTuple):
    port: int
    pid: int


@contextlib.contextmanager
def serving(folder, offset_s=0, environment=None):
    """Yield a server whose wall clock is off by so much; it is killed at the end. Its log goes on in LOG."""
    command = [sys.executable, "-c", RUN, str(offset_s), "serve", "--data-dir", folder / "data"]
    command += ["--host", "127.0.0.1", "--port", "0"]
    with LOG.open("ab") as log:
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log, text=True, env=environment)
    try:
        yield Served(int(re.search(r":(\d+),", process.stdout.readline())[1]), process.pid)
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


@contextlib.contextmanager
def small_disk(folder, megabytes=200):
    """Mount a disk that can be filled; a plain folder where nobody may do that."""
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "judder", folder]
    is_mounted = not subprocess.run(mount, capture_output=True).returncode
    yield folder
    if is_mounted:
        subprocess.run(["umount", "-l", folder], check=True)
