"""The board's side of Judder: samples, scores, alarms, and tells the server."""

import sys

VERSION = "0.1.0"

# A model on its way over the network, by the file that holds it: see device/README.md.
ORDER = "order.txt"  # its id, from the server's command to the next boot
NEW_MODEL = "new.judder.json"  # from its download until it is tried
TRIED_MODEL = "tried.judder.json"  # from the boot that tries it until the server has heard of that


def forget(name):
    """Free the code of the module called name, and of those within it, which is needed for a moment.

    What somebody holds of it stays.
    """
    within = name + "."
    for loaded in sorted([m for m in sys.modules if m == name or m.startswith(within)], reverse=True):
        package, _, module = loaded.rpartition(".")
        del sys.modules[loaded]
        delattr(sys.modules[package], module)
