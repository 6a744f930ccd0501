"""Connections that only wait, thousands of them, beside boards that send: how long a window takes then."""

import asyncio
import contextlib
import itertools
import multiprocessing
import random
import resource
import time
from array import array

from judder_core import wire
from judder_core.window import FLAG_LOCAL_SCORE, Window

HEAD = (
    b"POST /api/v1/windows HTTP/1.1\r\nHost: localhost\r\nContent-Type: %b\r\n" % wire.CONTENT_TYPE.encode()
)
SAID = (
    b"",
    HEAD,
    HEAD + b"Content-Length: 100000\r\n\r\n",
    HEAD + b"Content-Length: 100000\r\n\r\nJW",
    b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n",
)
"""What waits: no byte, half a head, a head without its body, half a body, nothing more after an answer."""
DRIP_S = 5.0
"""Half of those that began something send a byte more every so often."""
COME_BACK_S = 5.0
COUNTS = array("h", [random.randrange(-99, 99) for _ in range(3 * 256)])
ADDRESSES = 250
"""They come from so many addresses, or each would be held to the connections of one."""
MOST_RAMP_S = 60


def run(port, waiting, boards, seconds):
    """Return how boards fare, a window a second each, while `waiting` connections wait and come back."""
    context = multiprocessing.get_context("spawn")
    opened = context.Value("i", 0)
    others = context.Process(target=_wait_in_numbers, args=(port, waiting, opened), daemon=True)
    others.start()
    try:
        with contextlib.suppress(TimeoutError):
            asyncio.run(asyncio.wait_for(_until(lambda: opened.value >= waiting), MOST_RAMP_S))
        before = opened.value
        found = asyncio.run(_measure(port, boards, seconds))
    finally:
        others.kill()
        others.join()
    return {"waiting": waiting, "opened_meanwhile": opened.value - before, "boards": boards, **found}


async def _until(condition):
    while not condition():
        await asyncio.sleep(0.05)


async def _measure(port, boards, seconds):
    hall = [_Board(number, port) for number in range(boards)]
    await asyncio.gather(*(board.run(seconds) for board in hall))
    trips_ms = sorted(1000 * trip for board in hall for trip in board.trips_s)
    return {
        "windows": len(trips_ms),
        "refused": sum(board.refused for board in hall),
        "lost_connections": sum(board.lost for board in hall),
        "p50_ms": round(trips_ms[len(trips_ms) // 2], 1),
        "p99_ms": round(trips_ms[int(0.99 * len(trips_ms))], 1),
        "most_ms": round(trips_ms[-1], 1),
    }


class _Board:
    """trips_s: of each window, from its first try to its 200. refused: answers that were no 200. lost: how
    often its connection was gone.
    """

    def __init__(self, number, port):
        self._number, self._port = number, port
        self._stream = None
        self.trips_s, self.refused, self.lost = [], 0, 0

    async def run(self, seconds):
        began = time.monotonic() + random.random()
        for seq in range(seconds):
            await asyncio.sleep(max(0.0, began + seq - time.monotonic()))
            started = time.monotonic()
            await self._send(_frame(self._number, seq))
            self.trips_s.append(time.monotonic() - started)
        if self._stream:
            self._stream[1].close()

    async def _send(self, frame):
        while True:
            try:
                if await self._post(frame) == 200:
                    return
                self.refused += 1
            except (OSError, EOFError):
                self.lost += 1
                self._stream = None
            await asyncio.sleep(0.01)

    async def _post(self, frame):
        if self._stream is None:
            self._stream = await asyncio.open_connection("127.0.0.1", self._port)
        reader, writer = self._stream
        writer.write(HEAD + b"Content-Length: %d\r\n\r\n" % len(frame) + frame)
        head = (await reader.readuntil(b"\r\n\r\n")).lower()
        await reader.readexactly(int(head.split(b"content-length: ")[1].split(b"\r\n")[0]))
        return int(head.split()[1])


def _frame(number, seq):
    device_id = bytes([2, 0, 0, 2, 0, number])
    window = Window(COUNTS, 1 / 2048, 250.0, device_id=device_id, boot_id=1, seq=seq, flags=FLAG_LOCAL_SCORE)
    return bytes(wire.encode_window(window))


def _wait_in_numbers(port, waiting, opened):
    """Hold so many connections, each opened again a while after it is closed. opened: counts them."""
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    asyncio.run(_all_waiting(port, waiting, opened))


async def _all_waiting(port, waiting, opened):
    kinds = itertools.cycle(SAID)
    await asyncio.gather(*(_wait(port, number, next(kinds), opened) for number in range(waiting)))


async def _wait(port, number, said, opened):
    address = f"127.0.{1 + number % ADDRESSES}.1"
    await asyncio.sleep(random.random() * 3)
    while True:
        with contextlib.suppress(OSError):
            reader, writer = await asyncio.open_connection("127.0.0.1", port, local_addr=(address, 0))
            opened.value += 1
            writer.write(said)
            await _drip(reader, writer, drips=bool(said) and number % 2)
            writer.close()
        await asyncio.sleep(COME_BACK_S * random.uniform(0.5, 1.5))


async def _drip(reader, writer, drips):
    """Wait until the connection is closed."""
    while not reader.at_eof():
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(reader.read(4096), DRIP_S)
        if drips:
            writer.write(b"x")
