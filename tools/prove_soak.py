"""Hours of a hall in less time: its boards send as fast as they are answered, and memory has to stay flat."""

import asyncio
import contextlib
import re
import threading
from pathlib import Path

import aiohttp
from judder.bench.speed import cost, growth
from judder.bench.speed.clients import Asking
from judder_core.window import FLAG_LOCAL_SCORE

BOARDS, PAGES, FRAMES = 200, 20, 32
PERIOD_S = 1.0
"""Of a board's windows, of real time."""
EACH_S = 20.0


def run(folder, hours, report):
    """Report the server's memory after each part of so many hours of 200 boards, with 20 pages open."""
    counts = folder / "counts.i16"
    counts.write_bytes(growth.machine_counts())
    asking = Asking(0, EACH_S, FRAMES, FLAG_LOCAL_SCORE, str(counts), boards=BOARDS)
    wanted, windows = hours * 3600 / PERIOD_S * BOARDS, 0
    with cost.judder(folder / "data") as server:
        pages = threading.Thread(target=lambda: asyncio.run(_read_all(server.port)), daemon=True)
        pages.start()
        while windows < wanted:
            found = server.cost(asking)
            windows += found.asked.requests * FRAMES
            report(
                "soak",
                hours=f"{windows / BOARDS * PERIOD_S / 3600:.2f}",
                server_mb=_memory_mb(server.process.pid),
                cpu_us=f"{found.each_us:.0f}",
                refused=found.asked.refused,
            )
        report("soak", pages_still_reading=pages.is_alive(), windows=windows)


def _memory_mb(pid):
    return int(re.search(r"VmRSS:\s+(\d+)", Path(f"/proc/{pid}/status").read_text())[1]) // 1024


async def _read_all(port):
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=None)) as session:
        await asyncio.gather(*(_read(session, port) for _ in range(PAGES)))


async def _read(session, port):
    """Read until the server ends."""
    with contextlib.suppress(aiohttp.ClientError):
        async with session.get(f"http://127.0.0.1:{port}/api/v1/events") as answer:
            async for _ in answer.content.iter_any():
                pass
