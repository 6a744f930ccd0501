"""Judge windows with a model; prints [score, combined score, p-value, state] of each as lines of JSON.

usage: micropython judge.py MODEL.judder.json COUNTS.i16        COUNTS: windows, int16, 1/2048 g
"""

import json
import sys
from array import array

from judder_core import numeric
from judder_core.judge import Judge
from judder_core.model_file import load_file


def main(model_path, counts_path):
    model = load_file(model_path, numeric)
    judge = Judge(model, numeric, "board")
    with open(counts_path, "rb") as file:
        while True:
            counts = array("h", file.read(6 * model.window_len))
            if not len(counts):
                break
            verdict = judge.update(counts, 1 / 2048)
            print(json.dumps([verdict.score, verdict.combined_score, verdict.p_value, verdict.state]))


main(*sys.argv[1:])
