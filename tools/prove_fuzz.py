"""Nonsense for all that the server reads: each piece is taken or refused in words, and nothing grows.

Most of it goes to the very functions that read; one in a hundred is a whole request to a server that runs.
"""

import asyncio
import binascii
import contextlib
import itertools
import json
import logging
import random
import struct
import time
from collections import Counter
from pathlib import Path

from judder.data import frames, reference_json
from judder.errors import JudderError
from judder.server.api.bodies import parse_json
from judder.server.edge.forwarded import Proxies
from judder.server.running import running
from judder.server.services import wishes
from judder.server.services.keys import Refused, read_signature
from judder.server.services.report import Report
from judder.settings import Settings
from judder_core import wire
from judder_core.errors import CoreError
from judder_core.window import FLAG_LOCAL_SCORE, Window
from prove_idle import COUNTS

REFUSALS = (CoreError, JudderError, Refused, RecursionError)
"""How what is wrong is refused: each has its words and its status in api/replies."""
ODD = (b"\0", b"\xff", b"-1", b"1e999", b"NaN", b'"', b"\\ud800", b"[", b"{", b"9" * 400, b"null", b"\r\n")
NUMBERS = (0, 1, 127, 128, 255, 2**15, 2**16 - 1, 2**31, 2**32 - 1, 2**63 - 1, 2**63, 2**64 - 1)
FLOATS = (0.0, -1.0, 1e38, float("nan"), float("inf"))
KINDS = (Report, wishes.RecordingWish, wishes.RecordingChange, wishes.LearningWish, wishes.ModelOrder)
EXTRA = (
    *[""] * 6,
    *(
        "Transfer-Encoding: chunked\r\n",
        "Content-Encoding: gzip\r\n",
        "Expect: x\r\n",
        "Origin: http://[\r\n",
    ),
    *("X-Judder-Signature: 1 020000000001 7 00\r\n", "Cookie: judder_session=\x7f\r\n", "Host: ]:x\r\n"),
)
WHOLE = 100
"""One in so many inputs is a whole request."""
AT_ONCE = 8


def run(folder, inputs, seed=0):
    """Return how many inputs of each kind were taken or refused, what failed, and how memory grew.

    failed: what was answered by 5xx other than 503, or raised what nobody foresaw.
    """
    return asyncio.run(_all(folder, random.Random(seed), inputs))


async def _all(folder, rng, inputs):
    told, broken, memory_mb = Counter(), Counter(), []
    settings = Settings(data_dir=folder / "data", host="127.0.0.1", port=0, max_boards=50, mdns=False)
    errors = _Errors()
    logging.getLogger().addHandler(errors)
    started = time.monotonic()
    async with running(settings) as server:
        for _ in range(10):
            each = inputs // 10 // WHOLE // AT_ONCE
            askers = (_requests(server.port, rng, each, told, broken) for _ in range(AT_ONCE))
            await asyncio.gather(*askers)
            for kind, read in itertools.islice(itertools.cycle(_READERS), inputs // 10):
                _give(kind, read, rng, told, broken)
            memory_mb.append(_memory_mb())
    logging.getLogger().removeHandler(errors)
    return {
        "inputs": sum(told.values()) + sum(broken.values()),
        **told,
        "failed": dict(broken),
        "errors_of_libraries": errors.count,
        "memory_mb": f"{memory_mb[0]:.0f} after a tenth, {memory_mb[-1]:.0f} at the end",
        "seconds": round(time.monotonic() - started),
    }


def _give(kind, read, rng, told, broken):
    try:
        read(rng)
    except REFUSALS:
        told[f"{kind}_refused"] += 1
    except Exception as error:
        broken[f"{kind}: {type(error).__name__}: {error}"[:200]] += 1
    else:
        told[f"{kind}_taken"] += 1


def _changed(rng, data):
    """Return data with a few changes: bytes turned, cut out, doubled, or something odd put in."""
    data = bytearray(data)
    for _ in range(rng.choice((0, 1, 1, 2, 4))):
        at = rng.randrange(len(data) + 1)
        what = rng.randrange(5)
        if what == 0 and data:
            data[at - 1] ^= 1 << rng.randrange(8)
        elif what == 1:
            del data[at : at + rng.randrange(1, 16)]
        elif what == 2:
            data[at:at] = rng.choice(ODD)
        elif what == 3:
            data[at:at] = data[at : at + rng.randrange(1, 64)]
        else:
            del data[at:]
    return bytes(data)


def _frame(rng):
    """Return a frame with fields overwritten and, in most, its checksum right again."""
    window = Window(COUNTS[:96], 1 / 2048, 250.0, device_id=bytes([2, 0, 0, 0, 0, rng.randrange(99)]))
    window.flags, window.seq = FLAG_LOCAL_SCORE, rng.randrange(2**32)
    frame = bytearray(wire.encode_window(window))
    for _ in range(rng.randrange(4)):
        kind = rng.choice(("<B", "<H", "<I", "<Q", "<f"))
        value = rng.choice(NUMBERS if kind != "<f" else FLOATS)
        with contextlib.suppress(struct.error):
            struct.pack_into(kind, frame, rng.randrange(2, 60), value)
    if rng.random() < 0.8:
        struct.pack_into("<I", frame, len(frame) - 4, binascii.crc32(memoryview(frame)[:-4]))
        return bytes(frame) * rng.choice((1, 1, 1, 2))
    return _changed(rng, frame)


def _document(rng, depth=0):
    """Return a value that JSON has, of odd kinds."""
    if depth < 3 and rng.random() < 0.3:
        return [_document(rng, depth + 1) for _ in range(rng.randrange(4))]
    if depth < 3 and rng.random() < 0.3:
        return {rng.choice(_NAMES): _document(rng, depth + 1) for _ in range(rng.randrange(4))}
    return rng.choice(
        (None, True, -1, 0, 1, 2**63, -(2**70), 1e300, 0.5, "", "a", "a/b", "é\ud7ff", "a" * 300)
    )


def _json(rng):
    fields = {name: _document(rng) for name in rng.sample(_NAMES, rng.randrange(6))}
    text = json.dumps(fields).encode()
    return text if rng.random() < 0.5 else _changed(rng, text)


def _samples(rng):
    axes = {
        axis: [rng.choice((0, 1, 0.5, -3e8, 1e300, None, "1")) for _ in range(rng.randrange(5))]
        for axis in "xyz"
    }
    return _changed(rng, json.dumps(axes).encode())


def _read_header(rng):
    text = _changed(rng, b"1 020000000001 1800000000000000 " + b"ab" * 32).decode("latin-1")
    Proxies(["10.0.0.0/8"]).trust(text[: rng.randrange(60)])
    read_signature(text)


_NAMES = sorted({name for kind in KINDS for name in kind.model_fields} | {"x", "", "é"})
_READERS = (
    *[("frame", lambda rng: frames.decode_windows(_frame(rng)))] * 4,
    *[("json", lambda rng: wishes.parse(rng.choice(KINDS), parse_json(_json(rng))))] * 3,
    ("sketch", lambda rng: reference_json.decode_reference(_samples(rng))),
    ("header", _read_header),
)


async def _requests(port, rng, n, told, broken):
    """Send n whole requests, one after another; most are HTTP, some only nearly."""
    for _ in range(n):
        head, body = _request(rng)
        with contextlib.suppress(OSError, EOFError):
            status = await _ask(port, head + body, waits=rng.random() < 0.95)
            what = told if status < 500 or status == 503 else broken
            what[f"status_{status}"] += 1


def _request(rng):
    """Return the head and the body of a request."""
    device = f"/api/v1/devices/02000000000{rng.randrange(10)}"
    method, path, kind, body = rng.choice(
        (
            ("POST", "/api/v1/windows", wire.CONTENT_TYPE, _frame(rng)),
            ("POST", f"{device}/status", "application/json", _json(rng)),
            ("POST", "/api/v1/recordings", "application/json", _json(rng)),
            ("PATCH", "/api/v1/recordings/1", "application/json", _json(rng)),
            ("PATCH", device, "application/json", _json(rng)),
            ("POST", "/", "application/json", _samples(rng)),
            ("PUT", "/api/v1/model", "application/json", _json(rng)),
            ("GET", f"/api/v1/windows?limit={rng.choice(NUMBERS)}&device=%ff", "", b""),
        )
    )
    extra = rng.choice(EXTRA)
    said = (
        f"{method} {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Type: {kind}\r\n{extra}"
    )
    head = f"{said}Content-Length: {len(body)}\r\n\r\n".encode()
    return (head if rng.random() < 0.9 else _changed(rng, head)), body


async def _ask(port, request, waits):
    """Return the status that request is answered with, 0 where it is none."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        writer.write(request)
        line = b""
        if waits:
            with contextlib.suppress(TimeoutError):
                line = await asyncio.wait_for(reader.readline(), 0.25)
        return int(line.split()[1]) if line.startswith(b"HTTP/1.1 ") else 0
    finally:
        writer.close()


class _Errors(logging.Handler):
    """Counts what libraries call an error."""

    def __init__(self):
        super().__init__(logging.ERROR)
        self.count = 0

    def emit(self, record):
        self.count += 1


def _memory_mb():
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * 4096 / 1e6
