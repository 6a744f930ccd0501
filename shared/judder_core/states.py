"""How a machine and its board are, in a word: each word there is, and what it tells people.

Board, sketch, server, page, Home Assistant and documents say these words and no others: a test holds each of
them to this table. Boards have the words as literals and never load it, since its sentences take 2 kB.
"""

# word: (what it means, whether the last window was judged, whether such a window counts towards an alert)
STATES = {
    "starting": ("Nothing was judged yet.", False, False),
    "learning": ("No model judges this board yet: let it learn what is normal.", False, False),
    "collecting": ("Its task is collect: windows are sent, nothing is judged.", False, False),
    "normal": ("It shakes as in training.", True, False),
    "disturbed": ("The sensor was bumped just now; the window counts for nothing.", True, False),
    "suspect": ("The last windows together are over the threshold.", True, True),
    "unknown mode": ("Far from every operating mode and steady: a new speed, or a strong fault.", True, True),
    "anomaly": ("The alert is on.", True, True),
    "mounting changed": (
        "It hangs another way than in training. No alerts until it is trained again, or hung back.",
        True,
        False,
    ),
    "not judged": (
        "Nobody judges its windows: they lack samples, are off their rate, or find no memory.",
        False,
        False,
    ),
    "sensor fault": ("No samples come, or an axis does not move; it goes on trying.", False, False),
    "safe mode": ("It crashed three times in a row: it reports, and waits for a deploy.", False, False),
    "offline": ("Not heard for 30 seconds.", False, False),
}

OF_SERVER = ("learning", "offline")  # what no board says of itself
NOT_JUDGED = "not judged"
NO_MODEL = "There is no model."  # why a board judges nothing that only has to learn
SENSOR_FAULT = "sensor fault"
SAFE_MODE = "safe mode"
