"""What the MSA301 driver writes for each rate and range, and how it reads raw bytes. Prints JSON.

usage: micropython msa301_registers.py     in a world's folder whose sensor is "stalled": raw bytes stay
"""

import json
from array import array

import machine
from judder_node.bus import I2CBus
from judder_node.sensors.msa301 import Driver

RAW = ("000001000200", "fcff0080fc7f", "03000080ffff", "040008000480")


def registers(rate_hz, range_g):
    driver = Driver(I2CBus(machine.I2C(0), 0x26))
    for register in (0x0F, 0x10, 0x11, 0x17, 0x1A):
        machine._sensor.write(register, b"\xff")
    driver.start(rate_hz, range_g)
    written = machine._sensor._registers
    return [rate_hz, range_g, driver.scale_g] + [written[r] for r in (0x0F, 0x10, 0x11, 0x17, 0x1A)]


def read(raw):
    driver = Driver(I2CBus(machine.I2C(0), 0x26))
    machine._sensor.write(0x02, bytes.fromhex(raw))
    counts = array("h", bytes(12))
    driver._is_due = True
    driver.take(counts, 3, 1)
    return raw, list(counts)


if __name__ == "__main__":
    settings = [registers(rate, range_g) for rate in Driver.RATES_HZ for range_g in (2, 4, 8, 16)]
    print(json.dumps({"settings": settings, "reads": [read(raw) for raw in RAW]}))
