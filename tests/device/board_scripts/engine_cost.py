"""What one window costs an engine: bytes allocated, how many must be free, microseconds, and the score.

usage: micropython engine_cost.py MODEL.judder.json COUNTS.i16 ENGINE
ENGINE: a module with the numeric interface. COUNTS: one window, int16 x, y, z interleaved, 1/2048 g.
"""

import gc
import json
import sys
import time
from array import array

from judder_core import model_file as artefact

REPEATS = 20
CHUNK = 512


def least_free_kb(score):
    """Return how few free kilobytes score() runs in, from 30 down: more than what is alive at once."""
    gc.collect()
    filler = [None] * (gc.mem_free() // CHUNK)
    filled = 0
    for free_kb in range(30, 0, -1):
        gc.collect()
        while gc.mem_free() > 1024 * free_kb:
            filler[filled] = bytearray(CHUNK)
            filled += 1
        try:
            score()
        except MemoryError:
            return free_kb + 1
    return 1


def main(model_path, counts_path, engine):
    numeric = __import__(engine, None, None, ["axis"])
    with open(model_path, "rb") as file:
        model = artefact.load(file.read(), numeric)
    with open(counts_path, "rb") as file:
        counts = array("h", file.read())
    detector = model.detectors[0]

    def score():
        return detector.score(numeric, detector.features(numeric, numeric.batch(counts), 1 / 2048))

    value = score()
    gc.collect()
    gc.disable()
    before = gc.mem_alloc()
    score()
    allocated = gc.mem_alloc() - before
    gc.enable()
    started = time.ticks_us()
    for _ in range(REPEATS):
        score()
    spent_us = time.ticks_diff(time.ticks_us(), started) // REPEATS
    free_kb = least_free_kb(score)
    print(json.dumps({"bytes": allocated, "free_kb": free_kb, "us": spent_us, "score": value}))


if __name__ == "__main__":
    main(*sys.argv[1:])
