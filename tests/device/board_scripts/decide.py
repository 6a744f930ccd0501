"""Let a board decide on outcomes; prints what it shows, says and sends after each, as one line of JSON.

usage: micropython decide.py M N OUTCOMES       in a world's folder (see tests/device/board.py)
OUTCOMES: JSON, [level, state, mounting changed] of each window. M, N: of the Decision.
"""

import gc
import json
import sys
from array import array

gc.threshold(8192)
import start  # noqa: E402, F401  it puts the fakes where a board has its hardware
from judder_core import wire  # noqa: E402
from judder_core.decision import Decision, Verdict  # noqa: E402
from judder_core.window import Window  # noqa: E402
from judder_node.app import start as boot  # noqa: E402

m, n, outcomes = int(sys.argv[1]), int(sys.argv[2]), json.loads(sys.argv[3])


class Detector:
    kind = "mahalanobis"


class Model:
    model_hash = b"abcd"
    model_id = "fan-61626364"
    detectors = (Detector(),)


def frame_of(board, verdict):
    window = Window(array("h", [1, 2, 3]), 1 / 2048, 250.0)
    board.stamp(window, verdict)
    return wire.encode_window(window).hex()


def report_of(board):
    report = {}
    for part in board.facts():
        report.update(part)
    return report


board = boot("config.json")
board.scorer.model = Model()
board.alarm._decision = Decision(m, n)
told = []
for level, state, mounting_changed in outcomes:
    verdict = Verdict(1.5, 2.5, "board", Model.model_id)
    verdict.level, verdict.state, verdict.mounting_changed = level, state, mounting_changed
    board.decide(verdict, "board")
    told.append(
        {
            "level": board.alarm.level,
            "state": board.state,
            "report": report_of(board),
            "frame": frame_of(board, verdict),
            "frame not judged": frame_of(board, None),
        }
    )
print(json.dumps(told))
