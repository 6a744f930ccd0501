"""Pins by the config's word for them."""

import os

from judder_core.errors import ConfigError
from machine import Pin

_HINT = "device/README.md lists the pins of each chip."


def open_pin(number, what, mode, **options):
    """Return the Pin that the config calls `what`. Raises ConfigError where this chip has none to give."""
    if holds_flash(number, os.uname()[4]):
        raise ConfigError("%s is %d: this chip's flash is wired there." % (what, number), _HINT)
    try:
        return Pin(number, mode, **options)
    except ValueError as error:
        raise ConfigError("%s is %d: %s on this chip." % (what, number, error), _HINT)


def holds_flash(number, machine):
    """Return whether the flash is wired to this pin: to drive it ends the app without a word.

    machine: os.uname()[4]. Source: ESP-IDF's pages "GPIO & RTC GPIO"; the port leaves out other chips' pins.

    >>> holds_flash(13, "ESP32C3 module with ESP32-C3"), holds_flash(13, "Generic ESP32 module with ESP32")
    (True, False)
    """
    chip = machine.split(" with ")[-1]
    if "C3" in chip:
        return 11 < number < 18
    return 5 < number < 12 and not [
        name for name in ("S2", "S3", "C2", "C5", "C6", "H2", "P4") if name in chip
    ]
