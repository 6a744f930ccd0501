"""How a machine and its board are, in a word: each word there is, and what it tells people.

Board, sketch, server, page, Home Assistant and documents say these words and no others: a test holds each of
them to this table. Boards have the words as literals and never load it, since its sentences take 2 kB.
"""

# word: what it means
STATES = {
    "starting": "Nothing was judged yet.",
    "learning": "No model judges this board yet: let it learn what is normal.",
    "collecting": "Its task is collect: windows are sent, nothing is judged.",
    "normal": "It shakes as in training.",
    "disturbed": "It was bumped, started or changed its speed just now; the window counts for nothing.",
    "standstill": "It stands still: nothing is judged until it runs.",
    "notice": "It shakes otherwise than in training: is this still fine?",
    "alarm": "It shakes otherwise than another day would explain: look at it.",
    "unknown mode": "Far from every operating mode and steady: a new speed, or a strong fault.",
    "mounting changed": "It hangs another way than in training, and shakes as it did.",
    "not judged": "Nobody judges its windows: they lack samples, are off their rate, or find no memory.",
    "sensor fault": "No samples come, or an axis does not move; it goes on trying.",
    "safe mode": "It crashed three times in a row: it reports, and waits for a deploy.",
    "offline": "Not heard for 30 seconds.",
}

OF_SERVER = ("learning", "offline")  # what no board says of itself
NOT_JUDGED = "not judged"
OFFLINE = "offline"
NO_MODEL = "There is no model."  # why a board judges nothing that only has to learn
SENSOR_FAULT = "sensor fault"
SAFE_MODE = "safe mode"
