"""The whole app for a number of windows; prints what it lost and what memory it took as one line of JSON.

usage: micropython soak.py WINDOWS        in a world's folder (see tests/device/board.py)
"""

import gc
import json
import sys

gc.threshold(8192)  # as main.py does
before = gc.mem_alloc()
import os  # noqa: E402, F401
import select  # noqa: E402, F401
import socket  # noqa: E402, F401
import time  # noqa: E402

import esp32  # noqa: E402, F401
import machine  # noqa: E402, F401
import network  # noqa: E402, F401
from world import WORLD  # noqa: E402

gc.collect()
FAKES = gc.mem_alloc() - before
time.set_factor(WORLD.factor)
import asyncio  # noqa: E402

from judder_node.app import start  # noqa: E402

WARM_UP = 100
EVERY = 50


board = start("config.json")
del start
gc.collect()
gc.threshold(-1)  # as the app's run() does


async def soak(windows):
    running = asyncio.create_task(board.run())
    memory = []
    while board.windows < windows:
        await asyncio.sleep_ms(100)
        if running.done():
            await running  # which raises what ended it
        if board.windows >= WARM_UP + EVERY * len(memory):
            gc.collect()
            memory.append(gc.mem_alloc())
    for _ in range(100):  # let the queue empty
        if board.uplink.queued:
            await asyncio.sleep_ms(200)
    sampler, uplink = board.sampler, board.uplink
    found = [
        board.windows,
        sampler.lost_windows + uplink.lost,
        sampler.beat.lost,
        uplink.spool.dropped,
        board.scorer.unjudged,
    ]
    rate_hz = sampler.beat.rate_hz
    print(json.dumps({"counts": found, "sample_rate_hz": rate_hz, "memory": memory, "fakes": FAKES}))


asyncio.run(soak(int(sys.argv[1])))
