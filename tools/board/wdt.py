"""machine.WDT, read from extmod/machine_wdt.c and ports/esp32/machine_wdt.c: the task watchdog, which panics.

There is one, nothing stops it, and it goes by the board's time. Releases up to 1.19 counted whole seconds, so
less than one is refused here.
"""

import clock
import interrupts
from chip import WATCHDOG, end

_LEAST_MS = 1000
_MOST_MS = 500000  # the board's clock counts no further ahead


class WDT:
    def __init__(self, id=0, timeout=5000):
        if id != 0:
            raise ValueError()
        if timeout < _LEAST_MS:
            raise ValueError("WDT timeout too short")
        _BITE.timeout_us = min(timeout, _MOST_MS) * 1000
        self.feed()
        interrupts.add(_BITE)

    def feed(self):
        clock.enter()
        _BITE.due_us = interrupts.plus(clock.now_us, _BITE.timeout_us)
        clock.leave()


class _Bite:
    def fire(self):
        end(WATCHDOG)


_BITE = _Bite()
