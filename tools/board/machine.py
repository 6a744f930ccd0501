"""The `machine` module of a virtual board: what lies beyond the chip's pins.

Read from ports/esp32/modmachine.c (freq, reset causes, unique_id) and machine_rtc.c; the peripherals have a
file each, which says what it was read from.
"""

import uos
from chip import CHIP, RESET, end
from i2c import I2C  # noqa: F401
from pin import Pin  # noqa: F401
from pwm import PWM  # noqa: F401
from rtc import RTC  # noqa: F401
from timer import Timer  # noqa: F401
from wdt import WDT  # noqa: F401
from world import WORLD

PWRON_RESET = 1
HARD_RESET = 2
WDT_RESET = 3
DEEPSLEEP_RESET = 4
SOFT_RESET = 5

_mhz = 160  # ESP-IDF's default, and the generic boards'


def unique_id():
    text = WORLD.device_id
    return bytes([int(text[k : k + 2], 16) for k in range(0, len(text), 2)])


def reset_cause():
    """Why this process began; tools/virtual_board.py knows how the one before ended."""
    return int(uos.getenv("JUDDER_RESET_CAUSE") or PWRON_RESET)


def reset():
    end(RESET)


def freq(hz=None):
    """mp_machine_set_freq(). world.json's cpu_factor holds at any frequency."""
    global _mhz
    if hz is None:
        return _mhz * 1000000
    if hz // 1000000 not in CHIP.FREQS_MHZ:
        names = ["%dMHz" % mhz for mhz in CHIP.FREQS_MHZ]
        raise ValueError("frequency must be %s or %s" % (", ".join(names[:-1]), names[-1]))
    _mhz = hz // 1000000


def idle():
    pass
