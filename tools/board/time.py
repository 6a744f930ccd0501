"""The `time` module of a virtual board, with the board's own clock (clock.py).

Read from ports/esp32/modtime.c (time() counts whole seconds; where nobody set the clock, from 2000),
mphalport.c (mp_hal_delay_ms and _us let callbacks run) and extmod/modtime.c: ticks wrap at 2**30 on a 32-bit
port, and so they do here on every build. block(), set_factor() and serve_at() are for the fakes and their
tests.
"""

import clock
from interrupts import HALF, LAST, plus
from utime import gmtime, localtime, mktime, ticks_add, ticks_diff  # noqa: F401
from world import WORLD


def ticks_ms():
    if not clock.inside:
        clock.enter()
        clock.leave()
    return clock.now_ms


import asyncio  # noqa: E402, F401  it takes the functions above, whose milliseconds do not wrap, with it

from interrupts import diff as ticks_diff  # noqa: E402, F811


def ticks_ms():  # noqa: F811
    if not clock.inside:
        clock.enter()
        clock.leave()
    return clock.now_ms & LAST


def ticks_us():
    if not clock.inside:
        clock.enter()
        clock.leave()
    return clock.now_us


def ticks_add(ticks, delta):  # noqa: F811
    if not -HALF < delta < HALF:
        raise OverflowError("ticks interval overflow")
    return plus(ticks, delta)


def sleep_us(us):
    clock.enter()
    clock.wait(us, None)
    clock.leave()


def sleep_ms(ms):
    for _ in range(ms // 1000):
        sleep_us(1000000)
        WORLD.refresh()
    sleep_us(ms % 1000 * 1000)


def sleep(s):
    sleep_ms(int(s * 1000))


def time():
    return clock.up_ms // 1000


def block(us):
    """A fake's native code takes us microseconds: the interpreter stands still, callbacks wait."""
    nested = clock.inside
    if not nested:
        clock.enter()
    clock.block(us)
    if not nested:
        clock.leave()


def set_factor(factor):
    """Switch the clock on: waiting passes factor times faster, code costs what the world says."""
    clock.switch_on(factor, WORLD.cpu_factor)


def serve_at(us):
    """Stop the clock, and let it show us until it is called again."""
    clock.factor, clock.now_us = 0, us & LAST
