"""100,000 guesses at tokens and keys, from the same address as a board and a person who are right."""

import asyncio
import json
import os
import re
import secrets
import subprocess
import sys
import time
import urllib.request
from array import array
from collections import Counter
from pathlib import Path

from judder.server.services.keys import HEADER
from judder_core import wire
from judder_core.signing import Signer
from judder_core.window import Window

JUDDER = Path(sys.executable).with_name("judder")
DEVICE = "0200000000a1"
WINDOWS, ALERTS = "/api/v1/windows", "/api/v1/alerts"
CLIENTS = 8
EVERY_S = 0.1
"""How often the board sends a window and the person asks for alerts."""


def run(folder, guesses):
    """Return what came of the guesses, and how the board and the person fared meanwhile."""
    log = folder / "log"
    command = [JUDDER, "serve", "--data-dir", folder / "data", "--port", "0"]
    with log.open("w") as out:
        process = subprocess.Popen(
            command, stdout=out, stderr=out, env={**os.environ, "JUDDER_TOKEN": "sesame"}, text=True
        )
        try:
            port = _port(log)
            before_kb = _memory_kb(process.pid)
            found = asyncio.run(_attack(port, _Person(port), guesses))
            grown_kb = _memory_kb(process.pid) - before_kb
        finally:
            process.terminate()
            process.wait()
    lines = log.read_text().splitlines()
    return {**found, "memory_grew_kb": grown_kb, "lines_logged": sum('"refused"' in line for line in lines)}


class _Person:
    """An administrator, who gives the board a key and has a token that was made."""

    def __init__(self, port):
        self._url = f"http://127.0.0.1:{port}"
        self.key = self._make("/api/v1/keys", {"device": DEVICE})["key"]
        self.token = self._make("/api/v1/tokens", {"name": "anna", "role": "look"})["token"]

    def _make(self, path, wish):
        headers = {"Authorization": "Bearer sesame", "Content-Type": "application/json"}
        request = urllib.request.Request(self._url + path, json.dumps(wish).encode(), headers)
        return json.load(urllib.request.urlopen(request))


async def _attack(port, person, guesses):
    rights = [asyncio.create_task(_board(port, person.key)), asyncio.create_task(_reader(port, person.token))]
    await asyncio.sleep(1)
    started = time.monotonic()
    each = [_guess(port, guesses // CLIENTS) for _ in range(CLIENTS)]
    statuses = sum(await asyncio.gather(*each), Counter())
    seconds = time.monotonic() - started
    for right in rights:
        right.cancel()
    board, reader = await asyncio.gather(*rights)
    return {
        "guesses": statuses.total(),
        "per_s": round(statuses.total() / seconds),
        "looked_at": statuses[401],
        "told_to_wait": statuses[429],
        **_shown("board", board),
        **_shown("person", reader),
    }


def _shown(name, trips):
    times = sorted(1000 * seconds for _, seconds in trips)
    refused = sum(status != 200 for status, _ in trips)
    return {
        f"{name}_asked": len(trips),
        f"{name}_refused": refused,
        f"{name}_p99_ms": round(times[int(0.99 * len(times))], 1),
    }


async def _guess(port, guesses):
    """Guess tokens and, every other time, the board's key; return how often each status came."""
    connection, statuses = await _Connection.open(port), Counter()
    for k in range(guesses):
        if k % 2:
            head = {HEADER: f"1 {DEVICE} {time.time_ns() // 1000} {secrets.token_hex(32)}"}
            statuses[await connection.ask("POST", WINDOWS, head, b"")] += 1
        else:
            head = {"Authorization": f"Bearer {secrets.token_urlsafe(6)}"}
            statuses[await connection.ask("GET", ALERTS, head)] += 1
    return statuses


async def _board(port, key):
    """Send signed windows until cancelled; return (status, seconds) of each."""
    connection, trips = await _Connection.open(port), []
    signer = Signer(key, bytes.fromhex(DEVICE), lambda: time.monotonic_ns() // 10**6, lambda a, b: a - b)
    signer.adopt(json.dumps({"signing_time_us": time.time_ns() // 1000}))
    try:
        for seq in range(10**9):
            counts = array("h", [(7 * k + seq) % 31 for k in range(3 * 256)])
            window = Window(counts, 1 / 2048, 250.0, bytes.fromhex(DEVICE), 1, seq)
            body = bytes(wire.encode_window(window))
            signed = signer.header(b"POST", WINDOWS.encode(), (body,)).decode().removeprefix(f"{HEADER}: ")
            head = {HEADER: signed, "Content-Type": wire.CONTENT_TYPE}
            trips.append(await _timed(connection.ask("POST", WINDOWS, head, body)))
            await asyncio.sleep(EVERY_S)
    except asyncio.CancelledError:
        return trips


async def _reader(port, token):
    connection, trips = await _Connection.open(port), []
    try:
        while True:
            head = {"Authorization": f"Bearer {token}"}
            trips.append(await _timed(connection.ask("GET", ALERTS, head)))
            await asyncio.sleep(EVERY_S)
    except asyncio.CancelledError:
        return trips


async def _timed(asking):
    started = time.monotonic()
    return await asking, time.monotonic() - started


class _Connection:
    """One that is kept alive; aiohttp's client would cost more than the server."""

    def __init__(self, reader, writer):
        self._reader, self._writer = reader, writer

    @classmethod
    async def open(cls, port):
        return cls(*await asyncio.open_connection("127.0.0.1", port))

    async def ask(self, method, path, head, body=b""):
        head = {"Host": "localhost", "Content-Length": len(body), **head}
        lines = [f"{method} {path} HTTP/1.1", *(f"{name}: {value}" for name, value in head.items()), "", ""]
        self._writer.write("\r\n".join(lines).encode() + body)
        answer = (await self._reader.readuntil(b"\r\n\r\n")).decode()
        await self._reader.readexactly(int(re.search(r"content-length: (\d+)", answer, re.IGNORECASE)[1]))
        return int(answer.split(" ", 2)[1])


def _port(log):
    for _ in range(300):
        found = re.search(r"listens on \S+:(\d+),", log.read_text())
        if found:
            return int(found[1])
        time.sleep(0.1)
    raise TimeoutError(log.read_text())


def _memory_kb(pid):
    return int(re.search(r"VmRSS:\s+(\d+)", Path(f"/proc/{pid}/status").read_text())[1])
