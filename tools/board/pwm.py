"""machine.PWM, read from ports/esp32/machine_pwm.c: channels and timers are few, and pins of one frequency
share.

What its output is set to is noted in pins.log, as duty_u16.
"""

import clock
from chip import CHIP
from pin import Pin
from world import log_pin

_DEFAULT_HZ = 5000
_DEFAULT_DUTY = 32768
_running = {}  # by pin: hertz


class PWM:
    def __init__(self, dest, freq=-1, *, duty_u16=-1, duty=-1):
        self._pin = Pin.number_of(dest)
        self._logged = 0
        self._duty = _DEFAULT_DUTY
        self.init(freq, duty_u16=duty_u16, duty=duty)

    def init(self, freq=-1, *, duty_u16=-1, duty=-1):
        if self._pin not in _running and len(_running) == CHIP.PWM_CHANNELS:
            raise RuntimeError("out of PWM channels:%d" % CHIP.PWM_CHANNELS)
        self.freq(_running.get(self._pin, _DEFAULT_HZ) if freq == -1 else freq)
        if duty != -1:
            duty_u16 = duty * 64
        self.duty_u16(self._duty if duty_u16 == -1 else duty_u16)

    def freq(self, hz=None):
        if hz is None:
            return _running[self._pin]
        if not 0 < hz <= 40000000:
            raise ValueError("frequency must be from 1Hz to 40MHz")
        others = set([used for pin, used in _running.items() if pin != self._pin])
        if hz not in others and len(others) == CHIP.PWM_TIMERS:
            raise RuntimeError("out of PWM timers:%d" % CHIP.PWM_TIMERS)
        _running[self._pin] = hz

    def duty_u16(self, duty=None):
        if duty is None:
            return self._duty
        if self._pin not in _running:
            raise RuntimeError("PWM is inactive")
        if not 0 <= duty <= 65535:
            raise ValueError("duty_u16 must be from 0 to 65536")
        self._duty = duty
        self._log(duty)

    def deinit(self):
        _running.pop(self._pin, None)
        self._log(0)

    def _log(self, duty):
        clock.enter()
        if duty != self._logged:
            log_pin(self._pin, duty, clock.up_ms)
        self._logged = duty
        clock.leave()
