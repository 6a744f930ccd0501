"""The pins of each ESP32: which there are, what they are wired to, which are usual for what.

Which there are and which only read: machine_pin.h and machine_pin.c in ports/esp32 of MicroPython 1.29. Those
of the flash memory: the page "GPIO & RTC GPIO" of ESP-IDF, a chip each. The usual I2C pins: machine_i2c.h
there; for the S2 those of most of its boards, for the ESP32 those that its boards are printed with. GPIO 13
is the LED of Feather boards; with a C3 or C6 there is mostly none that a plain pin lights.
"""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any

from judder_core.config import PINS

OUTPUTS = tuple(pin for pin in PINS if pin != ("sensor", "int_pin"))


@dataclass(frozen=True)
class Chip:
    """name: for people. pins: those it has; of these, input_only cannot drive anything, flash and usb are
    taken. buses: of I2C. usual: by the key in a config; None: there is none.
    """

    name: str
    pins: frozenset[int]
    input_only: Collection[int]
    flash: Collection[int]
    usb: Collection[int]
    buses: int
    usual: dict[str, int | None]


def _pins(*ranges: tuple[int, int]) -> frozenset[int]:
    return frozenset(pin for first, last in ranges for pin in range(first, last + 1))


def _usual(sda: int, scl: int, led: int | None) -> dict[str, int | None]:
    return {"sda_pin": sda, "scl_pin": scl, "led_pin": led}


ESP32 = Chip(
    name="ESP32",
    pins=_pins((0, 23), (25, 27), (32, 39)),
    input_only=range(34, 40),
    flash=range(6, 12),
    usb=(),
    buses=2,
    usual=_usual(21, 22, 13),  # a config's defaults, judder_core.config
)
CHIPS = {
    "esp32": ESP32,
    "esp32s2": Chip("ESP32-S2", _pins((0, 21), (26, 26), (33, 46)), (46,), (), (19, 20), 2, _usual(8, 9, 13)),
    "esp32s3": Chip("ESP32-S3", _pins((0, 21), (26, 26), (33, 48)), (), (), (19, 20), 2, _usual(8, 9, 13)),
    "esp32c3": Chip("ESP32-C3", _pins((0, 13), (18, 21)), (), (12, 13), (18, 19), 1, _usual(8, 9, None)),
    "esp32c6": Chip("ESP32-C6", _pins((0, 23)), (), (), (12, 13), 1, _usual(19, 18, None)),
}


def chip_of(machine: str) -> Chip | None:
    """Return the chip that a board's os.uname()[4] speaks of, or None where it is none of CHIPS.

    >>> chip_of("LOLIN C3 mini with ESP32-C3FH4").name, chip_of("M5Stack Atom with ESP32-PICO-D4").name
    ('ESP32-C3', 'ESP32')
    """
    found = re.search(r"ESP32-?([CHPS]\d+)?", machine.rpartition(" with ")[2].upper())
    return CHIPS.get(f"esp32{(found[1] or '').lower()}") if found else None


def fill_in(document: dict[str, Any], chip: Chip) -> bool:
    """Put the chip's usual pins into a config where it leaves them out, if they are other than an ESP32's.

    Return whether there were any.
    """
    filled = False
    for section, key in OUTPUTS:
        given = document.setdefault(section, {})
        pin = chip.usual.get(key)
        if isinstance(given, dict) and key not in given and pin != ESP32.usual.get(key):
            given[key] = pin
            filled = True
    return filled


def mistakes(config: dict[str, Any], chip: Chip | None, missing: Collection[int] = ()) -> Iterator[str]:
    """Yield a sentence for each pin that config, a checked one, cannot use.

    chip: None where it is not known. missing: pins that the board itself says it has not.
    """
    for section, key in PINS:
        pin, name = config[section][key], f"{section}.{key}"
        if pin is None:
            continue
        why = _wrong(pin, (section, key) in OUTPUTS, chip, missing)
        if why:
            yield f"{name} is {pin}, {why}"
    if chip and config["sensor"]["i2c_id"] >= chip.buses:
        yield f"sensor.i2c_id is {config['sensor']['i2c_id']}, an {chip.name} has only 0"


def _wrong(pin: int, drives: bool, chip: Chip | None, missing: Collection[int]) -> str | None:
    name = chip.name if chip else "board"
    if pin in missing or (chip and pin not in chip.pins):
        return f"a pin that this {name} does not have"
    if chip is None:
        return None
    if pin in chip.flash:
        return f"where an {name}'s flash memory is wired"
    if pin in chip.usb:
        return f"where an {name}'s USB port is wired"
    return f"a pin of the {name} that can only read" if drives and pin in chip.input_only else None
