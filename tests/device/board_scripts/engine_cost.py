"""What one window costs an engine: bytes allocated, microseconds, and the score.

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
    print(json.dumps({"engine": engine, "bytes": allocated, "us": spent_us, "score": value}))


if __name__ == "__main__":
    main(*sys.argv[1:])
