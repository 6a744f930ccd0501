"""Pins by the config's word for them."""

from judder_core.errors import ConfigError
from machine import Pin


def open_pin(number, what, mode, **options):
    """Return the Pin that the config calls `what`. Raises ConfigError where this chip has none such."""
    try:
        return Pin(number, mode, **options)
    except ValueError as error:
        raise ConfigError(
            "%s is %d: %s on this chip." % (what, number, error), "device/README.md lists its pins."
        )
