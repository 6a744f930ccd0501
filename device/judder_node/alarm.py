"""LED and buzzer, and the debounced state a person acts on."""

import asyncio

from judder_core.decision import Decision
from machine import PWM, Pin

# Blinks of the LED, then a pause.
CODE_CONFIG = 2
CODE_SENSOR = 3
CODE_MODEL = 4
CODE_SAFE = 5


class Alarm:
    """Drives the pins in config, the section "alarm"; model: where the decision comes from, or None.

    Raises ConfigError for a pin that this chip has not.
    """

    def __init__(self, config, model):
        from .pins import open_pin

        self._led = self._buzzer = None
        if config["led_pin"] is not None:
            self._led = open_pin(config["led_pin"], "alarm.led_pin", Pin.OUT, value=0)
        if config["buzzer_pin"] is not None:
            pin = open_pin(config["buzzer_pin"], "alarm.buzzer_pin", Pin.OUT, value=0)
            self._buzzer = PWM(pin, freq=config["buzzer_hz"], duty_u16=0)
        self._decision = model.decision() if model else Decision()

    @property
    def alert(self):
        return self._decision.alert

    def update(self, anomaly):
        """Take in one window's outcome, show the alert, and return whether it is on."""
        before = self._decision.alert
        alert = self._decision.update(anomaly)
        if alert != before:
            self._show(alert)
        return alert

    def _show(self, on):
        if self._led:
            self._led.value(1 if on else 0)
        if self._buzzer:
            self._buzzer.duty_u16(32768 if on else 0)

    async def blink(self, code, times=None):
        """Blink code for a person to count; times: how often, None for ever."""
        while times is None or times > 0:
            for _ in range(code):
                if self._led:
                    self._led.value(1)
                await asyncio.sleep_ms(200)
                if self._led:
                    self._led.value(0)
                await asyncio.sleep_ms(200)
            await asyncio.sleep_ms(1000)
            times = None if times is None else times - 1
        self._show(self.alert)
