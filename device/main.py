import asyncio
import gc

gc.threshold(8192)  # collect while modules compile: what stays lies close together, and more fits
from judder_node.app import start  # noqa: E402

board = start("config.json")
del start  # and with it the code that only a boot needs
try:
    asyncio.run(board.run())
except Exception as error:  # never expected: start anew rather than watch nothing
    import sys
    import time

    import machine

    sys.print_exception(error)
    time.sleep(5)
    machine.reset()
