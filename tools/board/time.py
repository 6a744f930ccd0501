"""A clock for virtual boards: `factor` times real time, and standing still while a timer's callback runs.

A hardware timer interrupts whatever runs; the virtual one comes late and in bursts. So while a tick is
served the clock shows when it was due. When the PC is too slow, the board's time stands still rather
than lose samples: see hold().
"""

import utime as _real
from utime import ticks_add, ticks_diff  # noqa: F401

# asyncio's task queue, in C, stamps what is ready now with the real clock. The board's clock has to stay
# ahead of that one, or such tasks would wait for it; so it begins this far ahead.
_AHEAD_US = 10000000000

_factor = 1
_base_us = _real.ticks_us()
_held_us = 0
_due_us = None


def set_factor(factor):
    global _factor
    _factor = factor


def serve_at(due_us):
    """Let the clock show due_us until it is called with None."""
    global _due_us
    _due_us = due_us


def hold(us):
    """Take us microseconds out of the board's time."""
    global _held_us
    _held_us += us


def block(us):
    """Let us microseconds of the board's time pass in which nothing else runs."""
    hold(-us)


def ticks_us():
    if _due_us is not None:
        return _due_us
    return _base_us + _AHEAD_US + (_real.ticks_us() - _base_us) * _factor - _held_us


def ticks_ms():
    return ticks_us() // 1000


def time():
    return int(_real.time())


def sleep_ms(ms):
    _real.sleep_us(ms * 1000 // _factor)


def sleep(s):
    _real.sleep(s / _factor)
