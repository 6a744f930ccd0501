"""LED and buzzer, and the debounced level a person acts on."""

import asyncio

from judder_core.decision import ALARM, NOTICE, Decision
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
        self._lit = False
        self._decision = model.decision() if model else Decision()

    @property
    def level(self):
        """NORMAL, NOTICE or ALARM."""
        return self._decision.level

    def update(self, outcome):
        """Take in one window's Verdict, or the Reply that has the host's; show the level and return it."""
        before = self.level
        self._decision.take(outcome)
        if self.level != before or self.level == NOTICE:
            self._show()
        return self.level

    def _show(self):
        """Show the level. With a notice the LED changes at each window, and nothing sounds."""
        level = self.level
        self._lit = level == ALARM or (level == NOTICE and not self._lit)
        if self._led:
            self._led.value(1 if self._lit else 0)
        if self._buzzer:
            self._buzzer.duty_u16(32768 if level == ALARM else 0)

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
        self._show()
