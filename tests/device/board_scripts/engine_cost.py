"""What one judged window costs each engine, a line of JSON for each: bytes allocated, how many kilobytes must
be free, microseconds (the least of some rounds, in turns with the other engines), and the score.

usage: micropython engine_cost.py MODEL.judder.json COUNTS.i16 ENGINE...
ENGINE: a module with the numeric interface. COUNTS: one window, int16 x, y, z interleaved, 1/2048 g.
"""

import gc
import json
import sys
import time
from array import array

from judder_core.judge import make
from judder_core.model_file import load_file

ROUNDS = 10
CHUNK = 128


class Cost:
    """One engine's judge of a model, and what a window costs it."""

    def __init__(self, model_path, counts, engine):
        self.engine = engine
        numeric = __import__(engine, None, None, ["axis"])
        model = load_file(model_path, numeric)
        judge = make(model, numeric, "board")
        self.judge_window = lambda: judge.update(counts, 1 / 2048)
        for _ in range(5):
            self.score = self.judge_window().score
        self.us = 1 << 30

    def warm_up(self):
        self.judge_window()  # the tables in memory may be another engine's
        gc.collect()

    def bytes(self):
        self.warm_up()
        gc.disable()
        before = gc.mem_alloc()
        self.judge_window()
        allocated = gc.mem_alloc() - before
        gc.enable()
        return allocated

    def take_time(self):
        self.warm_up()
        started = time.ticks_us()
        self.judge_window()
        self.us = min(self.us, time.ticks_diff(time.ticks_us(), started))

    def least_free_kb(self):
        """Return how few free kilobytes a window needs, from 30 down: more than what is alive at once."""
        self.warm_up()
        filler = [None] * (gc.mem_free() // CHUNK)
        filled = 0
        for free_kb in range(30, 0, -1):
            gc.collect()
            try:
                while gc.mem_free() > 1024 * free_kb:
                    filler[filled] = bytearray(CHUNK)
                    filled += 1
                self.judge_window()
            except MemoryError:
                return free_kb + 1
        return 1


def main(model_path, counts_path, *engines):
    with open(counts_path, "rb") as file:
        counts = array("h", file.read())
    costs = [Cost(model_path, counts, engine) for engine in engines]
    for _ in range(ROUNDS):
        for cost in costs:
            cost.take_time()
    for cost in costs:
        figures = {"engine": cost.engine, "us": cost.us, "bytes": cost.bytes(), "score": cost.score}
        figures["free_kb"] = cost.least_free_kb()
        print(json.dumps(figures))


if __name__ == "__main__":
    main(*sys.argv[1:])
