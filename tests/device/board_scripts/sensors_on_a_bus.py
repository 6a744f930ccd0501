"""Which sensor is found on a bus, and what is said where it is not there. Prints what came as JSON.

usage: micropython sensors_on_a_bus.py CASE        in a world's folder, with a case.json, as sensors.py
"""

import json
import sys

from judder_core.errors import ConfigError
from judder_node import sensors as package
from judder_node.sensors import finding
from sensors import Wires, advance


def find(case):
    """Which driver and address open_sensor() chooses, or its error, sentence and hint."""
    try:
        driver = _open(case)
    except (ConfigError, finding.SensorMissing) as error:
        return [type(error).__name__, str(error), error.hint]
    return [driver.NAME, driver._bus.address]


def _open(case):
    section = {"kind": "auto", "address": None, "range_g": 4, "int_pin": None, "i2c_hz": 400000}
    section.update({"sda_pin": 21, "scl_pin": 22})
    section.update(case["section"])
    return finding.open_sensor(section, {"sample_rate_hz": case["rate_hz"]}, Wires(case["parts"]))


def forget(case):
    """What is still in memory of the package, after the sensor was found."""
    driver = _open(case)
    package.forget()
    return [driver.NAME, sorted([name for name in sys.modules if name.startswith("judder_node.sensors")])]


if __name__ == "__main__":
    advance(0)
    with open("case.json") as file:
        print(json.dumps(globals()[sys.argv[1]](json.load(file))))
