"""A hall of 200 boards with 20 open pages, and one more page that never reads."""

import asyncio
import contextlib
import itertools
import os
import random
import shutil
import time
from array import array
from dataclasses import dataclass, field

import aiohttp
import numpy as np
from judder_core import wire
from judder_core.window import FLAG_OPINION_WANTED, Window
from playwright.async_api import async_playwright

BOARDS = 200
PAGES = 20
WARM_UP_S = 20
LOOK_EVERY_S = 10
FRAMES = {"Content-Type": wire.CONTENT_TYPE}


@dataclass
class Hall:
    """What goes on while the proof runs. answers_ms: of the phase that is on."""

    url: str
    counts: bytes
    answers_ms: list = field(default_factory=list)
    newest: dict = field(default_factory=dict)
    failed: int = 0


async def run(port, counts, seconds, report):
    """Play both halves, without and with the stalled page, of seconds each, and report."""
    hall = Hall(f"http://127.0.0.1:{port}", counts)
    async with (
        aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as session,
        asyncio.TaskGroup() as group,
    ):
        tasks = [group.create_task(board(hall, session, k)) for k in range(BOARDS)]
        tasks += [group.create_task(light_page(hall, session, k)) for k in range(PAGES - 1)]
        async with real_page(hall.url) as memory:
            await asyncio.sleep(WARM_UP_S)
            await phase("without a stalled page", hall, memory, seconds, report)
            async with stalled_page(port):
                await phase("with one", hall, memory, seconds, report)
        for task in tasks:
            task.cancel()


async def phase(name, hall, memory, seconds, report):
    hall.answers_ms, hall.failed = [], 0
    looks = [await memory()]
    ends = time.monotonic() + seconds
    while time.monotonic() < ends:
        await asyncio.sleep(LOOK_EVERY_S)
        looks.append(await memory())
    p50, p99 = np.percentile(hall.answers_ms, (50, 99))
    heaps = [f"{heap / 1e6:.1f}" for heap, _ in (looks[0], looks[-1], max(looks))]
    report(
        f"dashboard, {name}",
        windows_per_s=f"{len(hall.answers_ms) / seconds:.0f}",
        p50_ms=f"{p50:.1f}",
        p99_ms=f"{p99:.1f}",
        failed=hall.failed,
        load=f"{os.getloadavg()[0]:.1f}",
        page_MB_start_end_most=" ".join(heaps),
        page_nodes_start_end=f"{looks[0][1]} {looks[-1][1]}",
    )


async def board(hall, session, number):
    """Send a window a second that the server has to judge, as a board without a model does."""
    device_id = bytes([2, 0, 0, 0, number >> 8, number & 255])
    name = device_id.hex()
    status = {"name": f"motor {number + 1}", "sample_rate_hz": 250.0, "state": "normal", "free_memory": 90000}
    await asyncio.sleep(random.random())
    due = time.monotonic()
    for seq in itertools.count():
        if seq % 10 == 0:
            await session.post(f"{hall.url}/api/v1/devices/{name}/status", json=status)
        samples = array("h", hall.counts)
        window = Window(samples, 1 / 2048, 250.0, device_id, 1, seq, flags=FLAG_OPINION_WANTED)
        body = bytes(wire.encode_window(window))
        started = time.monotonic()
        async with session.post(f"{hall.url}/api/v1/windows", data=body, headers=FRAMES) as response:
            await response.read()
            hall.failed += response.status != 200
        hall.answers_ms.append((time.monotonic() - started) * 1000)
        hall.newest[number] = f"/api/v1/windows/{name}/1/{seq}"
        due += 1
        await asyncio.sleep(max(0.0, due - time.monotonic()))


async def light_page(hall, session, number):
    """Read all events and ask for the newest window of one board each second, as the page does."""

    async def ask_for_windows():
        while True:
            await asyncio.sleep(1)
            if number in hall.newest:
                async with session.get(hall.url + hall.newest[number]) as response:
                    await response.read()

    asking = asyncio.create_task(ask_for_windows())
    try:
        async with session.get(
            f"{hall.url}/api/v1/events", timeout=aiohttp.ClientTimeout(total=None)
        ) as stream:
            async for _ in stream.content.iter_any():
                pass
    finally:
        asking.cancel()


@contextlib.asynccontextmanager
async def stalled_page(port):
    """Ask for the events and never read an answer."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=1)
    reader._transport.pause_reading()
    writer.write(b"GET /api/v1/events HTTP/1.1\r\nHost: localhost\r\n\r\n")
    try:
        yield
    finally:
        writer.transport.abort()


@contextlib.asynccontextmanager
async def real_page(url):
    """Open the page in Chromium; yield a function that returns its (heap in bytes, DOM nodes) after a GC."""
    async with async_playwright() as playwright:
        chromium = shutil.which("chromium")
        browser = await playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        page = await browser.new_page()
        await page.goto(url)
        tools = await page.context.new_cdp_session(page)
        await tools.send("Performance.enable")

        async def memory():
            await tools.send("HeapProfiler.collectGarbage")
            metrics = (await tools.send("Performance.getMetrics"))["metrics"]
            by_name = {metric["name"]: metric["value"] for metric in metrics}
            return by_name["JSHeapUsedSize"], int(by_name["Nodes"])

        yield memory
        await browser.close()
