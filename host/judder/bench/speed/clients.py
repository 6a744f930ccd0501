"""Clients on kept-alive connections, each asking as soon as it is answered; run as a process of its own.

usage: python -m judder.bench.speed.clients < ASKING, the JSON of an Asking; prints the JSON of an Asked
"""

import asyncio
import itertools
import json
import struct
import sys
import time
from array import array
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from zlib import crc32

from judder_core import wire
from judder_core.signing import Signer
from judder_core.window import Window

WINDOWS_PATH = "/api/v1/windows"
SEQ_AT = 20  # in a frame
RATE_HZ = 250.0
SCALE_G = 1 / 2048
KEY = bytes(range(32)).hex()
"""Of every board that signs."""


@dataclass(frozen=True)
class Asking:
    """Who asks what of a server on this machine's port, and for how long.

    frames: in a body; none asks / with an empty one. flags: of each frame. counts: a file of windows of
    window_len samples, int16. boot_id, first_seq: of each board's first window. boards: all of them, a
    client's one after the other. is_signed: by KEY.
    """

    port: int
    seconds: float
    frames: int = 1
    flags: int = 0
    counts: str = ""
    window_len: int = 256
    boot_id: int = 1
    first_seq: int = 0
    clients: int = 32
    boards: int = 32
    is_signed: bool = False


@dataclass(frozen=True)
class Asked:
    """requests: answered, in so many seconds. refused: those with another status than 200. next_seq: that no
    board has used.
    """

    requests: int
    seconds: float
    refused: int
    next_seq: int


def device_of(number: int) -> bytes:
    """Return the MAC of a board."""
    return bytes([2, 0, 0, 2, number >> 8, number & 255])


class Board:
    """A board whose windows are the same but for their numbers."""

    def __init__(self, number: int, asking: Asking, windows: Sequence[bytes]) -> None:
        self.seq = asking.first_seq
        self._signer = _signer(device_of(number)) if asking.is_signed else None
        self._frames = [
            _frame(device_of(number), windows[(number + k) % len(windows)], asking)
            for k in range(asking.frames)
        ]
        size = sum(map(len, self._frames))
        self._head = (
            f"POST {WINDOWS_PATH if asking.frames else '/'} HTTP/1.1\r\nHost: localhost\r\n"
            f"Content-Type: {wire.CONTENT_TYPE}\r\nContent-Length: {size}\r\n"
        ).encode()

    def request(self) -> bytes:
        """Return its next request."""
        for frame in self._frames:
            struct.pack_into("<I", frame, SEQ_AT, self.seq)
            struct.pack_into("<I", frame, len(frame) - wire.CRC_SIZE, crc32(frame[: -wire.CRC_SIZE]))
            self.seq += 1
        body = b"".join(self._frames)
        return self._head + self._signature(body) + b"\r\n" + body

    def _signature(self, body: bytes) -> bytes:
        if self._signer is None:
            return b""
        signed: bytes = self._signer.header(b"POST", WINDOWS_PATH.encode(), [body])
        return signed + b"\r\n"


def _signer(device: bytes) -> Signer:
    """Return what signs for a board that knows the server's time: both are on this machine."""
    signer = Signer(KEY, device, lambda: time.monotonic_ns() // 1_000_000, lambda one, other: one - other)
    signer.adopt(json.dumps({"signing_time_us": time.time_ns() // 1000}))
    return signer


class Client(asyncio.Protocol):
    """A connection that asks for its boards in turn. answered, refused: requests so far."""

    def __init__(self, boards: Sequence[Board], until_s: float) -> None:
        self.answered = self.refused = 0
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._turns: Iterator[Board] = itertools.cycle(boards)
        self._until_s = until_s
        self._came = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.WriteTransport)
        self._transport = transport
        self._transport.write(next(self._turns).request())

    def data_received(self, data: bytes) -> None:
        self._came += data
        if not _is_whole(self._came):
            return
        self.answered += 1
        self.refused += b" 200 " not in self._came[:16]
        self._came = b""
        if time.monotonic() < self._until_s:
            self._transport.write(next(self._turns).request())
        else:
            self._transport.close()

    def connection_lost(self, error: Exception | None) -> None:
        self.done.set_result(None)


def _is_whole(answer: bytes) -> bool:
    head, found, body = answer.partition(b"\r\n\r\n")
    length = head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0]
    return bool(found) and len(body) >= int(length or 0)


def _frame(device: bytes, counts: bytes, asking: Asking) -> bytearray:
    window = Window(array("h", counts), SCALE_G, RATE_HZ, device, asking.boot_id, flags=asking.flags)
    frame: bytearray = wire.encode_window(window)
    return frame


async def ask(asking: Asking) -> Asked:
    """Ask for so many seconds, and return how often."""
    data, size = Path(asking.counts).read_bytes() if asking.frames else b"", 6 * asking.window_len
    windows = [data[k : k + size] for k in range(0, len(data), size)]
    boards = [Board(number, asking, windows) for number in range(asking.boards)]
    loop, started_s = asyncio.get_running_loop(), time.monotonic()
    clients = [Client(boards[k :: asking.clients], started_s + asking.seconds) for k in range(asking.clients)]
    for client in clients:
        await loop.create_connection(lambda one=client: one, "127.0.0.1", asking.port)  # type: ignore[misc]
    await asyncio.gather(*(client.done for client in clients))
    return Asked(
        sum(client.answered for client in clients),
        time.monotonic() - started_s,
        sum(client.refused for client in clients),
        max(board.seq for board in boards),
    )


if __name__ == "__main__":
    print(json.dumps(asdict(asyncio.run(ask(Asking(**json.load(sys.stdin)))))))
