"""Judge windows with a detector of a model; prints the fields of each verdict as lines of JSON.

usage: micropython verdicts.py MODEL.judder.json COUNTS.i16 [ENGINE] [DETECTOR]
COUNTS: windows, int16, 1/2048 g. ENGINE: a module with the numeric interface, judder_core.numeric if none.
DETECTOR: its number, 0 if none.
"""

import json
import sys
from array import array

from judder_core.judge import make
from judder_core.model_file import load_file

FIELDS = ("score", "combined_score", "alarm_score", "level", "state", "mode", "mounting_changed", "p_value")


def main(model_path, counts_path, engine="judder_core.numeric", detector="0"):
    numeric = __import__(engine, None, None, ["axis"])
    model = load_file(model_path, numeric)
    judge = make(model, numeric, "board", model.detectors[int(detector)])
    with open(counts_path, "rb") as file:
        while True:
            counts = array("h", file.read(6 * model.window_len))
            if not len(counts):
                break
            verdict = judge.update(counts, 1 / 2048)
            print(json.dumps([getattr(verdict, name) for name in FIELDS]))


main(*sys.argv[1:])
