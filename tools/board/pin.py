"""machine.Pin, read from ports/esp32/machine_pin.c.

A Pin is one object, however often it is asked for, and keeps its level. What drives a pin is noted in
pins.log.
"""

import clock
import interrupts
from bus import BUS
from chip import CHIP, CRASH, end, has_pin
from world import WORLD, log_pin

_OUTPUT = 2  # GPIO_MODE_DEF_OUTPUT

_LOOK_AGAIN_US = 10000

_pins = {}


class Pin:
    IN = 1
    OUT = 3
    OPEN_DRAIN = 7
    PULL_DOWN = 1
    PULL_UP = 2
    IRQ_RISING = 1
    IRQ_FALLING = 2
    WAKE_LOW = 4
    WAKE_HIGH = 5

    def __new__(cls, number, *arguments, **values):
        number = Pin.number_of(number)
        return _pins.get(number) or super().__new__(cls)

    def __init__(self, number, *arguments, **values):
        number = Pin.number_of(number)
        if number not in _pins:
            _pins[number] = self
            self.number = number
            self._mode = Pin.IN
            self._level = 0
            self._line = None
        if arguments or values:
            self.init(*arguments, **values)

    @staticmethod
    def number_of(pin):
        """machine_pin_get_id(). Raises ValueError where the chip has no such pin."""
        if isinstance(pin, Pin):
            return pin.number
        if isinstance(pin, int) and has_pin(pin):
            return pin
        raise ValueError("invalid pin")

    def init(self, mode=None, pull=-1, *, value=None, drive=None, hold=None):
        if value is not None:
            self._level = 1 if value else 0
        if mode is None:
            return
        if mode & _OUTPUT and self.number >= CHIP.FIRST_INPUT_ONLY:
            raise ValueError("pin can only be input")
        if CHIP.FLASH_GPIO[0] <= self.number <= CHIP.FLASH_GPIO[1]:
            end(CRASH)
        self._mode = mode
        BUS.take_pin(self.number)
        if mode & _OUTPUT:
            BUS.drive(self.number, self._level)

    def value(self, value=None):
        if value is not None:
            return self._set(1 if value else 0)
        if BUS.holds_low(self.number):
            return 0
        return self._level if self._mode & _OUTPUT else 1

    __call__ = value

    def on(self):
        self._set(1)

    def off(self):
        self._set(0)

    def toggle(self):
        self._set(1 - self._level)

    def irq(self, handler=None, trigger=IRQ_RISING | IRQ_FALLING, wake=None, hard=False):
        """Follow the data-ready line, which rises with each sample. The port's callbacks are soft ones."""
        if hard:
            raise TypeError("extra keyword arguments given")  # machine_pin_irq() has no such argument
        if self._line:
            interrupts.remove(self._line)
            self._line = None
        if handler is not None:
            self._line = _DataReady(self, handler)
            if trigger & Pin.IRQ_RISING:
                interrupts.add(self._line)

    def _set(self, level):
        clock.enter()
        if self._mode & _OUTPUT:
            BUS.drive(self.number, level)
            if level != self._level:
                log_pin(self.number, level, clock.up_ms)
        self._level = level
        clock.leave()


class _DataReady:
    """machine_pin_isr_handler() on the line of the first part on the bus."""

    def __init__(self, pin, handler):
        self._pin = pin
        self._handler = handler
        self.due_us = clock.now_us
        self._aim()

    def fire(self):
        if self._runs and WORLD.sensor == "ok":
            interrupts.schedule(self._handler, self._pin)
        self._aim()

    def _aim(self):
        """Wait for the next sample, or look again in a while where none is made."""
        part = BUS.first_part()
        self._runs = part is not None and part.samples.runs
        us = self.due_us
        self.due_us = part.samples.after(us) if self._runs else interrupts.plus(us, _LOOK_AGAIN_US)
