"""Where the sensor is that a config names. What only a search needs is in searching.py: kilobytes."""

from ..bus import I2CBus, insist
from . import load


class SensorMissing(OSError):
    """The sensor that the config asks for does not answer: a sentence, and a hint. It may come yet."""

    def __init__(self, sentence, hint):
        super().__init__(sentence)
        self.hint = hint


def open_sensor(section, signal, i2c):
    """Return the Driver for section, the config's "sensor", not started yet. i2c: a machine.I2C, or None.

    Raises SensorMissing, and with "auto" ConfigError where what is there cannot do what section and signal,
    the config's "signal", ask for.
    """
    kind = section["kind"]
    if kind == "simulated":
        return load(kind)()
    if kind != "auto":
        driver = load(kind)
        address = section["address"]
        for place in driver.ADDRESSES if address is None else (address,):
            if id_at(place, driver, i2c) in driver.IDS:
                return driver(I2CBus(i2c, place))
    from .searching import search

    return search(section, signal, i2c)


def id_at(address, driver, i2c):
    """Return what the register says that has the id in driver's parts, or None where nobody answers."""
    try:
        return insist(I2CBus(i2c, address).read, driver.ID_REGISTER)
    except OSError:
        return None
