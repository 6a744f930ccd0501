"""A server's data folder with as many windows as wanted, written straight: nobody sends them."""

import asyncio
import time
from array import array
from dataclasses import replace
from functools import partial
from pathlib import Path

from judder.bench.speed.clients import KEY, RATE_HZ, SCALE_G, device_of
from judder.server.storage.access import KeyRow
from judder.server.storage.folder import store_in
from judder.server.storage.rows import StoredWindow
from judder.server.storage.store import Unit

AT_ONCE = 2000
LONG_AGO_BOOT = 2**31
"""The start that they are of: no window of clients is called so."""


def fill(data_dir: Path, first: int, last: int, boards: int, window_len: int = 256) -> None:
    """Write the windows numbered first to last of a history, a second of all boards after the other."""
    asyncio.run(_write(data_dir, first, last, boards, window_len))


def give_keys(data_dir: Path, boards: int) -> None:
    """Let each board have the key that clients sign with."""
    asyncio.run(_give_keys(data_dir, boards))


async def _give_keys(data_dir: Path, boards: int) -> None:
    store = store_in(data_dir)
    await store.open()
    for number in range(boards):
        row = KeyRow(0, device_of(number).hex(), KEY, time.time_ns() // 1000)
        await store.write(lambda unit, row=row: unit.keys.add(row))  # type: ignore[misc]
    await store.close()


async def _write(data_dir: Path, first: int, last: int, boards: int, window_len: int) -> None:
    store = store_in(data_dir)
    await store.open()
    row, now_us = _row(window_len), time.time_ns() // 1000
    for start in range(first, last, AT_ONCE):
        numbers = range(start, min(start + AT_ONCE, last))
        await store.write(partial(_add, row=row, numbers=numbers, boards=boards, began_us=now_us - 10**12))
    await store.close()


def _add(unit: Unit, row: StoredWindow, numbers: range, boards: int, began_us: int) -> None:
    for number in numbers:
        seq, board = divmod(number, boards)
        at_us = began_us + seq * 50_000 + board
        unit.windows.add(replace(row, device=device_of(board).hex(), seq=seq, received_us=at_us))


def _row(window_len: int) -> StoredWindow:
    counts = array("h", (k * 7919 % 64 for k in range(3 * window_len)))
    return StoredWindow(
        judged_by="board",
        model_id="fan-0123abcd",
        score=1.0,
        threshold=3.0,
        combined_score=1.0,
        combined_threshold=3.0,
        level="normal",
        device="",
        boot_id=LONG_AGO_BOOT,
        seq=0,
        received_us=0,
        timestamp_us=0,
        flags=8,
        sensor=1,
        sample_rate_hz=RATE_HZ,
        scale_g=SCALE_G,
        typecode="h",
        counts=counts.tobytes(),
    )
