"""What interrupts the chip, and the queue in which its callbacks wait for the interpreter.

Read from py/scheduler.c (mp_sched_schedule: a full queue drops; mp_sched_run_pending: one callback a time,
none inside another) and ports/esp32/mpconfigport.h (MICROPY_SCHEDULER_DEPTH). A source has due_us, the
board's time of its next interrupt, and fire(), which moves due_us on and may schedule a callback. Nothing
here allocates.
"""

import sys

# The board's microseconds wrap at 2**30, as ticks do on a 32-bit port, where that number is too big for a
# small integer and would have to be allocated: plus() and diff() get by without it.
LAST = (1 << 30) - 1
HALF = 1 << 29
_DEPTH = 8

dropped = 0
waiting = 0
_first = 0
_functions = [None] * _DEPTH
_arguments = [None] * _DEPTH
_sources = []


def plus(us, more):
    """Return the board's time `more` (under 2**29) after us."""
    return ((us - HALF + more) & LAST) ^ HALF


def diff(a, b):
    """Return a - b of two of the board's times."""
    gone = (a - b) & LAST
    return gone - HALF - HALF if gone >= HALF else gone


def add(source):
    if source not in _sources:
        _sources.append(source)


def remove(source):
    if source in _sources:
        _sources.remove(source)


def soonest():
    """Return the source that interrupts next, or None."""
    found = None
    for source in _sources:
        if found is None or diff(source.due_us, found.due_us) < 0:
            found = source
    return found


def fire_due(now_us):
    """Let everything interrupt that is due at now_us."""
    source = soonest()
    while source is not None and diff(now_us, source.due_us) >= 0:
        source.fire()
        source = soonest()


def schedule(function, argument):
    """Queue function(argument), or drop it where eight wait already. Return whether it was queued."""
    global waiting, dropped
    if waiting == _DEPTH:
        dropped += 1
        return False
    k = (_first + waiting) % _DEPTH
    _functions[k] = function
    _arguments[k] = argument
    waiting += 1
    return True


def run_next():
    """Run the callback that has waited longest; what it raises is printed (mp_call_function_1_protected)."""
    global waiting, _first
    k = _first
    _first = (k + 1) % _DEPTH
    waiting -= 1
    try:
        _functions[k](_arguments[k])
    except Exception as error:
        sys.print_exception(error)
