"""What ended the boots before this one, kept where a reset leaves it alone: the RTC's memory.

A power cut clears it, and so does `judder deploy`. The flash is left alone: it may be full, or the cause.
"""

import io
import sys

import machine

MOST = 3  # boots in a row that end by themselves; after so many the board watches no more, but stays in reach
_MARK = b"J"
_MOST_CHARACTERS = 500


def begin():
    """Return how many boots in a row before this one ended by themselves, or by the watchdog.

    After MOST of them the next boot is one more try: if that ends, too, it is MOST again.
    """
    if machine.reset_cause() == machine.WDT_RESET:
        _keep(_count() + 1, "The watchdog bit: sampling or the main loop stood still.")
    count = _count()
    if count >= MOST:
        _keep(MOST - 1, last_error() or "")
    return count


def last_error():
    """Return the traceback of the last boot that ended by itself, or None."""
    memory = machine.RTC().memory()
    try:
        return memory[2:].decode() if memory[:1] == _MARK and len(memory) > 2 else None
    except ValueError:  # another app's
        return None


def note(error):
    """Keep error, which ends this boot."""
    told = io.StringIO()
    sys.print_exception(error, told)
    _keep(_count() + 1, told.getvalue()[-_MOST_CHARACTERS:])


def settle():
    """Say that this boot runs well: the next one that ends is the first again. The traceback stays."""
    if _count():
        _keep(0, last_error() or "")


def _count():
    memory = machine.RTC().memory()
    return memory[1] if memory[:1] == _MARK else 0


def _keep(count, text):
    machine.RTC().memory(_MARK + bytes([min(count, 255)]) + text.encode())
