"""The chip itself: which one it is, and how it ends."""

import uos
from world import WORLD

_name = WORLD.get("chip", "esp32")
CHIP = getattr(__import__("chips." + _name), _name)

# How a process that is a board ends; tools/virtual_board.py knows the cause of the next boot by it.
RESET = "USR1"
WATCHDOG = "USR2"
CRASH = "ABRT"
POWER_CUT = "KILL"


def end(how):
    """End here and now: an exception could be caught, or end in the REPL."""
    if hasattr(uos, "system"):
        uos.system("kill -%s $PPID" % how)
    raise SystemExit(how)


def has_pin(number):
    for first, last in CHIP.GPIO:
        if first <= number <= last:
            return True
    return False
