"""What calls the sampler between start() and stop(): a timer, or the sensor's own data-ready pin."""

from machine import Pin, Timer


class TimerPacer:
    """Calls back `hz` times a second, softly: between two opcodes of whatever runs."""

    def __init__(self, hz, timer_id=0):
        self._hz = hz
        self._timer = Timer(timer_id)

    def start(self, callback):
        self._timer.init(mode=Timer.PERIODIC, freq=self._hz, callback=callback)

    def stop(self):
        self._timer.deinit()


class DataReadyPacer:
    """Calls back when the sensor's INT1 rises, so that its own crystal is the clock."""

    def __init__(self, pin):
        self._pin = pin

    def start(self, callback):
        self._pin.irq(callback, Pin.IRQ_RISING)

    def stop(self):
        self._pin.irq(None)
