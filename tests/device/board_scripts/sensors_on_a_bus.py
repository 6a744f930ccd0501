"""Which sensor is found on a bus, and what is said where it is not there. Prints what came as JSON.

usage: micropython sensors_on_a_bus.py CASE        in a world's folder, with a case.json, as sensors.py
"""

import json
import sys
from errno import ENODEV

from judder_core.errors import ConfigError
from judder_node import sensors as package
from judder_node.sensors import finding
from sensors import Wires, advance


class Noisy(Wires):
    """Wires on which so many of 100 transfers fail: nobody acknowledges."""

    def __init__(self, parts, percent):
        super().__init__(parts)
        self._percent = percent
        self._random = 1

    def scan(self):
        return [address for address in super().scan() if not self._is_noise()]

    def _part(self, address):
        if self._is_noise():
            raise OSError(ENODEV)
        return super()._part(address)

    def _is_noise(self):
        self._random = self._random * 75 % 65537
        return self._random % 100 < self._percent


def starts(case):
    """How many of 50 starts succeed, from the search for the sensor to its last register."""
    wires, succeeded = Noisy(case["parts"], case["percent"]), 0
    for _ in range(50):
        try:
            driver = _open(case, wires)
            _hurry(driver.NAME)
            driver.start(case["rate_hz"], 4)
            succeeded += 1
        except OSError:
            pass
    return succeeded


def _hurry(kind):
    for name in (kind, "msa301"):
        module = sys.modules.get("judder_node.sensors." + name)
        if module:
            module.sleep = lambda s: None


def find(case):
    """Which driver and address open_sensor() chooses, or its error, sentence and hint."""
    try:
        driver = _open(case)
    except (ConfigError, finding.SensorMissing) as error:
        return [type(error).__name__, str(error), error.hint]
    return [driver.NAME, driver._bus.address]


def _open(case, wires=None):
    section = {"kind": "auto", "address": None, "range_g": 4, "int_pin": None, "i2c_hz": 400000}
    section.update({"sda_pin": 21, "scl_pin": 22})
    section.update(case["section"])
    wires = wires or Wires(case["parts"])
    return finding.open_sensor(section, {"sample_rate_hz": case["rate_hz"]}, wires)


def forget(case):
    """What is still in memory of the package, after the sensor was found."""
    driver = _open(case)
    package.forget()
    return [driver.NAME, sorted([name for name in sys.modules if name.startswith("judder_node.sensors")])]


if __name__ == "__main__":
    advance(0)
    with open("case.json") as file:
        print(json.dumps(globals()[sys.argv[1]](json.load(file))))
