import asyncio
import gc
import sys
import time

import machine

gc.threshold(8192)  # collect while modules compile: what stays lies close together, and more fits
try:
    from judder_node.app import start

    board = start("config.json")
    del start  # and with it the code that only a boot needs
    asyncio.run(board.run())
except Exception as error:  # never expected: start anew rather than watch nothing
    sys.print_exception(error)
    time.sleep(5)  # mpremote gets a word in
    machine.reset()
