"""Judge windows with a model; prints [score, combined score, p-value, state] of each as lines of JSON.

usage: micropython judge.py MODEL.judder.json COUNTS.i16 [ENGINE]
COUNTS: windows, int16, 1/2048 g. ENGINE: a module with the numeric interface, judder_core.numeric if none.
"""

import json
import sys
from array import array

from judder_core.judge import make
from judder_core.model_file import load_file


def main(model_path, counts_path, engine="judder_core.numeric"):
    numeric = __import__(engine, None, None, ["axis"])
    model = load_file(model_path, numeric)
    judge = make(model, numeric, "board")
    with open(counts_path, "rb") as file:
        while True:
            counts = array("h", file.read(6 * model.window_len))
            if not len(counts):
                break
            verdict = judge.update(counts, 1 / 2048)
            print(json.dumps([verdict.score, verdict.combined_score, verdict.p_value, verdict.state]))


main(*sys.argv[1:])
