"""The whole app for a number of windows; prints what it lost and what memory it took as one line of JSON.

usage: micropython soak.py WINDOWS [STRINGS]      in a world's folder (see tests/device/board.py)
STRINGS: how many to intern before the app comes. MicroPython's pools of strings double each time: with those
of the fakes in them, the app's would come to a larger one than on a board.
"""

import gc
import json
import sys

gc.threshold(8192)  # as main.py does
gc.collect()  # what compiling this left
before = gc.mem_alloc()
import os  # noqa: E402, F401
import select  # noqa: E402, F401
import socket  # noqa: E402, F401
import time  # noqa: E402

import esp32  # noqa: E402, F401
import machine  # noqa: E402, F401
import network  # noqa: E402, F401
from world import WORLD  # noqa: E402

time.set_factor(WORLD.factor)
import asyncio  # noqa: E402  it takes its time from the module before

import micropython  # noqa: E402

WARM_UP = 100
EVERY = 50


class Garbage:
    """What a window leaves behind, from its first sample to the collection after it; and how many collections
    the board did not ask for came in between.
    """

    def __init__(self, board):
        self.windows = self.sum = self.most = self.unasked = 0
        self._begin, self._tidy = board.sampler._begin, board.tidy
        board.sampler._begin, board.tidy = self.begin, self.tidy

    def begin(self):
        self._alive = gc.mem_alloc()
        self._begin()

    def tidy(self):
        self._tidy()
        left = gc.mem_alloc() - self._alive
        if left < 0:
            self.unasked += 1
        else:
            self.windows += 1
            self.sum += left
            self.most = max(self.most, left)

    def told(self):
        return {"mean": self.sum // self.windows, "most": self.most, "unasked": self.unasked}


class Reports:
    """How many reports on itself the board finds the memory to make."""

    def __init__(self, uplink):
        self.made = 0
        self._write, uplink._write_report = uplink._write_report, self.write

    def write(self, report):
        self._write(report)
        self.made += 1


async def soak(board, windows):
    garbage, reports = Garbage(board), Reports(board.uplink)
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
        if board.uplink.queue:
            await asyncio.sleep_ms(200)
    sampler, uplink = board.sampler, board.uplink
    counts = [
        board.windows,
        sampler.lost_windows + uplink.lost,
        sampler.beat.lost,
        uplink.spool.dropped,
        board.scorer.unjudged,
    ]
    return {
        "counts": counts,
        "sample_rate_hz": sampler.beat.rate_hz,
        "memory": memory,
        "garbage": garbage.told(),
        "reports": reports.made,
    }


def boot():
    from judder_node.app import start

    return start("config.json")


for k in range(int((sys.argv + ["0"])[2])):
    getattr(sys, "~%d" % k, None)
gc.collect()
FAKES = gc.mem_alloc() - before  # and this script
micropython.qstr_info()
board = boot()
gc.collect()
gc.threshold(-1)  # as the app's run() does
found = asyncio.run(soak(board, int(sys.argv[1])))
micropython.qstr_info()
found["fakes"] = FAKES
print(json.dumps(found))
