"""Models with a detector for the board and another one for the host."""

import json


def add_detector(boards, hosts, **changes):
    """Return the bytes of the model boards with the detectors of hosts after its own, which gets changes."""
    document = json.loads(boards)
    document["detectors"][0].update(changes)
    document["detectors"] += json.loads(hosts)["detectors"]
    return json.dumps(document).encode()
