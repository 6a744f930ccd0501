"""What ended the boots before this one, kept where a reset leaves it alone: the RTC's memory.

A power cut clears it, and so does `judder deploy`. The flash is left alone: it may be full, or the cause.
"""

import io
import sys

import machine
from micropython import const

MOST = 3  # boots in a row that end by themselves; after so many the board watches no more, but stays in reach
_AT_REST = b"J"  # this boot's end, if any, is counted
_RUNNING = b"R"  # a boot that ends in this state ended by itself: a panic, say, or the watchdog
_MOST_CHARACTERS = const(500)
_PATIENT_MS = const(24 * 3600 * 1000)


def begin():
    """Return how many boots in a row before this one ended by themselves, and say that this one runs.

    After MOST of them the next boot is one more try: if that ends, too, it is MOST again.
    """
    count, text = _count(), last_error() or ""
    bitten = machine.reset_cause() == machine.WDT_RESET
    if bitten or (machine.reset_cause() == machine.HARD_RESET and _read()[:1] == _RUNNING):
        count += 1
        text = (
            "The watchdog bit: sampling or the main loop stood still."
            if bitten
            else "It ended without a word."
        )
    _keep(_RUNNING, min(count, MOST - 1), text)
    return count


def last_error():
    """Return the traceback of the last boot that ended by itself, or None."""
    try:
        return _read()[2:].decode() or None
    except ValueError:  # another app's
        return None


def note(error):
    """Keep error, which ends this boot."""
    told = io.StringIO()
    sys.print_exception(error, told)
    _keep(_AT_REST, _count() + 1, told.getvalue()[-_MOST_CHARACTERS:])
    _calm_watchdog()


def rest():
    """Say that this boot ends on purpose."""
    _keep(_AT_REST, _count(), last_error() or "")
    _calm_watchdog()


def _calm_watchdog():
    """Let whoever has stopped the app work in peace: a watchdog cannot be stopped, but be made patient."""
    machine.WDT(timeout=_PATIENT_MS)


def settle():
    """Say that this boot runs well: the next one that ends is the first again. The traceback stays."""
    _keep(_RUNNING, 0, last_error() or "")


def _count():
    memory = _read()
    return memory[1] if memory else 0


def _read():
    """Return what is kept: how this boot stands, the count, and a text; nothing where it is another app's."""
    memory = machine.RTC().memory()
    return memory if len(memory) > 1 and memory[:1] in (_AT_REST, _RUNNING) else b""


def _keep(how, count, text):
    machine.RTC().memory(how + bytes([min(count, 255)]) + text.encode())
