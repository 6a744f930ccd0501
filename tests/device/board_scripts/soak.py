"""The whole app for a number of windows; prints what it lost and what memory it took as one line of JSON.

usage: micropython soak.py WINDOWS        in a world's folder (see tests/device/board.py)
"""

import gc
import json
import sys

gc.threshold(8192)  # as main.py does
before = gc.mem_alloc()
import time  # noqa: E402

import start as power  # noqa: E402

gc.collect()
FAKES = gc.mem_alloc() - before
time.set_factor(power.WORLD.factor)
import asyncio  # noqa: E402

from judder_node.app import start  # noqa: E402

WARM_UP = 100
EVERY = 50


board = start("config.json")
del start


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
    sampler = board.sampler
    found = [
        board.windows,
        sampler.lost_windows + board.uplink.lost,
        sampler.beat.lost,
        board.uplink.spool.dropped,
        board.scorer.unjudged,
    ]
    rate_hz = sampler.beat.rate_hz
    print(json.dumps({"counts": found, "sample_rate_hz": rate_hz, "memory": memory, "fakes": FAKES}))


asyncio.run(soak(int(sys.argv[1])))
