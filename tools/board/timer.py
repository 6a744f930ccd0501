"""machine.Timer, read from ports/esp32/machine_timer.c: soft callbacks from hardware timers.

They count in ticks of 0.1 us (80 MHz / TIMER_DIVIDER). deinit() does not take back a callback that waits.
"""

import clock
import interrupts
from chip import CHIP

_TICKS_PER_US = 10
_MOST_US = 500000000  # the board's clock counts no further ahead
_hardware = {}


class Timer:
    ONE_SHOT = 0
    PERIODIC = 1

    def __new__(cls, number=-1, **values):
        """machine_timer_create(): a hardware timer is one object, however often it is asked for."""
        if number >= CHIP.TIMERS:
            raise ValueError(
                "Timer(%d) doesn't exist, there are only %d hardware timers" % (number, CHIP.TIMERS)
            )
        return _hardware.get(number) or super().__new__(cls)

    def __init__(self, number=-1, **values):
        if number >= 0:
            _hardware[number] = self
        if values:
            self.init(**values)

    def init(self, *, mode=PERIODIC, callback=None, period=0xFFFFFFFF, tick_hz=1000, freq=None, hard=False):
        self.deinit()
        if hard:
            raise ValueError("hard Timers are not implemented")
        hz = _TICKS_PER_US * 1000000
        ticks = int(hz / freq) if freq is not None else period * hz // tick_hz
        if ticks == 0:
            raise ValueError("Timer period is too short for this timer")
        clock.enter()
        self._repeat = mode
        self._callback = callback
        self._period_us = min(ticks // _TICKS_PER_US, _MOST_US)
        self._period_rest = ticks % _TICKS_PER_US
        self._rest = 0
        self.due_us = clock.now_us
        self._move_on()
        interrupts.add(self)
        clock.leave()

    def deinit(self):
        interrupts.remove(self)

    def fire(self):
        """machine_timer_isr_hardware()."""
        interrupts.schedule(self._callback, self)
        if self._repeat:
            self._move_on()
        else:
            interrupts.remove(self)

    def _move_on(self):
        rest = self._rest + self._period_rest
        self._rest = rest % _TICKS_PER_US
        self.due_us = interrupts.plus(self.due_us, self._period_us + rest // _TICKS_PER_US)
