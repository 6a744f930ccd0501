"""The `machine` module of a virtual board: what lies beyond the chip's pins, and no more.

Timer ticks and I2C answers follow the board's clock; the parts on the bus are those in parts/, by registers.
"""

import asyncio
import os
import time

from world import WORLD, log_pin

_MOST_LAG_US = 400000  # beyond this the board's time stands still

_parts = {
    int(address): getattr(__import__("parts." + kind), kind).Part(WORLD, int(address))
    for address, kind in WORLD.parts.items()
}


def unique_id():
    text = WORLD.device_id
    return bytes([int(text[k : k + 2], 16) for k in range(0, len(text), 2)])


def reset_cause():
    return 1  # PWRON_RESET


def reset():
    """End here and now: an exception could be caught, or end in the REPL."""
    os.system("kill -USR1 $PPID")


class I2C:
    def __init__(self, number, scl=None, sda=None, freq=400000):
        pass

    def scan(self):
        return [] if WORLD.sensor == "missing" else sorted(_parts)

    def readfrom_mem_into(self, address, register, buffer):
        _answering(address).read(register, buffer)

    def writeto_mem(self, address, register, data):
        _answering(address).write(register, data)


def _answering(address):
    if address not in _parts or WORLD.sensor == "missing":
        raise OSError(19)  # ENODEV
    return _parts[address]


class Pin:
    IN = 1
    OUT = 3
    IRQ_RISING = 1

    def __init__(self, number, mode=-1, value=0):
        self.number = number
        self._value = 0
        self.value(value)

    def value(self, value=None):
        if value is None:
            return self._value
        if value != self._value:
            log_pin(self.number, value, time.ticks_ms())
        self._value = value

    def irq(self, callback=None, trigger=IRQ_RISING):
        """The sensor's data-ready line: a tick each time it has a new sample."""
        self._timer = getattr(self, "_timer", None) or Timer(3)
        if callback is None:
            self._timer.deinit()
        else:
            self._timer.init(freq=list(_parts.values())[0].rate_hz(), callback=callback)


class PWM(Pin):
    def __init__(self, pin, freq=1000, duty_u16=0):
        super().__init__(pin.number, value=duty_u16)

    duty_u16 = Pin.value


class Timer:
    """Serves its ticks from an asyncio task, each at the time it was due."""

    PERIODIC = 1

    def __init__(self, number):
        self._task = None

    def init(self, mode=PERIODIC, freq=1, callback=None):
        self.deinit()
        self._period_us = int(1000000 / freq)
        self._callback = callback
        self._due_us = time.ticks_us() + self._period_us
        self._task = asyncio.create_task(self._run())

    def deinit(self):
        task, self._task = self._task, None
        if task:
            task.cancel()

    async def _run(self):
        mine = self._task
        while self._task is mine:
            now_us = time.ticks_us()
            WORLD.refresh(now_us)
            lag_us = now_us - self._due_us
            if lag_us > _MOST_LAG_US:
                time.hold(lag_us - _MOST_LAG_US)
                now_us = time.ticks_us()
            while self._due_us <= now_us:
                time.serve_at(self._due_us)
                try:
                    self._callback(self)
                finally:
                    time.serve_at(None)
                self._due_us += self._period_us
            await asyncio.sleep_ms(1)
