import gc
import sys
import time

import machine

gc.threshold(8192)  # collect while modules compile: what stays lies close together, and more fits
try:
    from judder_node.app import run

    run("config.json")
except Exception as error:  # never expected: start anew rather than watch nothing
    sys.print_exception(error)
    try:
        from judder_node import crash

        crash.note(error)
    except Exception:
        print("judder: that was not kept for the report; judder deploy brings the app's files anew")
    time.sleep(5)  # mpremote gets a word in
    machine.reset()
