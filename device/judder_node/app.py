"""The app: it boots, and runs for ever.

It is kept small: while run() runs, all of its module stays in memory.
"""

import asyncio
import gc

from . import forget


def run(config_path):
    """Boot, and run for ever. Raises what no part of the app expects; main.py starts the board anew then."""
    try:
        asyncio.run(start(config_path).run())
    except KeyboardInterrupt:  # mpremote
        from . import crash

        crash.rest()
        raise


def start(config_path):
    """Return the Node to be run, see boot, whose code is forgotten."""
    from .boot import boot

    try:
        return boot(config_path)
    finally:
        forget("judder_node.boot")
        gc.collect()
        gc.threshold(-1)  # from here on the board collects between two windows, not within one
