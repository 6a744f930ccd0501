"""Drives the sensors' drivers on models of their parts. Prints what came as JSON.

usage: micropython sensors.py CASE        in a world's folder (see tests/device/board.py), with a case.json

The clock moves only where a case says so, or a transfer takes its time. take() runs with the heap locked.
"""

import json
import sys
import time
from array import array

import micropython
from judder_node import sensors
from judder_node.bus import I2CBus
from world import WORLD

_ENODEV = 19
_ETIMEDOUT = 116
_MOST = 200

_now_us = 5000000


def advance(us):
    global _now_us
    _now_us += int(us)
    time.serve_at(_now_us)


class Wires:
    """A machine.I2C at 400 kHz with models at its addresses. ignored: registers whose writes are lost.

    failing: in how many transfers from now the bus fails, before the part has seen it (failure "nobody") or
    after half of the samples' bytes ("half").
    """

    def __init__(self, parts, ignored=()):
        self.parts = {}
        for address, kind in parts:
            self.parts[address] = getattr(__import__("parts." + kind), kind).Part(WORLD, address)
        self.ignored = ignored
        self.writes = []
        self.failing = 0
        self.failed = 0
        self.failure = None
        self.half = {6 * n: memoryview(bytearray(6 * n))[: 3 * n] for n in (1, 2, 4, 8)}

    def scan(self):
        return sorted(self.parts)

    def readfrom_mem_into(self, address, register, buffer):
        advance(25 * (3 + len(buffer)))
        part = self._part(address)
        if self._fails(len(buffer)):
            if self.failure == "nobody":
                raise OSError(_ENODEV)
            part.read(register, self.half[len(buffer)])
            raise OSError(_ETIMEDOUT)
        part.read(register, buffer)

    def _fails(self, size):
        if not self.failing or self.failure == "half" and size < 6:
            return False
        self.failing -= 1
        self.failed += not self.failing
        return not self.failing

    def writeto_mem(self, address, register, data):
        advance(75)
        part = self._part(address)
        self.writes.append((register, data[0]))
        if register not in self.ignored:
            part.write(register, data)

    def _part(self, address):
        if address not in self.parts:
            raise OSError(_ENODEV)
        return self.parts[address]


class Watch:
    """A driver of kind on a part, and all the samples it took."""

    def __init__(self, kind, part=None, ignored=(), driver=None):
        cls = driver or sensors.load(kind)
        module = sys.modules["judder_node.sensors." + kind]
        if hasattr(module, "sleep"):
            module.sleep = lambda s: advance(1e6 * s)
        if kind == "msa311":
            sys.modules["judder_node.sensors.msa301"].sleep = lambda s: advance(1e6 * s)
        address = cls.ADDRESSES[0]
        self.wires = Wires([(address, part or kind)], ignored)
        self.part = self.wires.parts[address]
        self.driver = cls(I2CBus(self.wires, address))
        self._counts = array("h", bytes(6 * _MOST))
        self.samples = []
        self.overruns = []
        self.errors = 0

    def start(self, rate_hz, range_g):
        self.driver.start(rate_hz, range_g)
        self.period_us = 1e6 / rate_hz
        self.look_us = self.period_us / (self.driver.LOOKS_PER_SAMPLE or 0.2)

    def take(self, most=_MOST):
        """Take what is there; note each sample, and before which ones the driver told of a loss."""
        counts = self._counts
        driver = self.driver
        micropython.heap_lock()
        try:
            taken = driver.take(counts, 0, most)
        except OSError:
            taken = -1
        finally:
            micropython.heap_unlock()
        if driver.overrun:
            driver.overrun = False
            self.overruns.append(len(self.samples))
        if taken < 0:
            self.errors += 1
            return 0
        self.samples += [list(counts[k : k + 3]) for k in range(0, 3 * taken, 3)]
        return taken

    def look(self, times, most=_MOST):
        for _ in range(times):
            advance(self.look_us)
            self.take(most)

    def seen(self):
        return {
            "scale_g": self.driver.scale_g,
            "rate_hz": self.part.rate_hz(),
            "samples": self.samples,
            "overruns": self.overruns,
            "errors": self.errors,
            "failed": self.wires.failed,
        }


def settings(case):
    """Every rate at every range: some samples, and what was written."""
    driver = sensors.load(case["kind"])
    found = []
    for rate_hz in driver.RATES_HZ:
        for range_g in driver.RANGES_G:
            watch = Watch(case["kind"], case.get("part"))
            watch.start(rate_hz, range_g)
            watch.look(30 if driver.LOOKS_PER_SAMPLE else 4)
            found.append([rate_hz, range_g, watch.seen(), watch.wires.writes])
    return found


def watch_one(case):
    """One part as the case has it: looks, then a pause of so many periods, then looks."""
    watch = Watch(case["kind"], case.get("part"), case.get("ignored", ()))
    watch.start(case["rate_hz"], case["range_g"])
    watch.look(30, case.get("most", _MOST))
    advance(case.get("pause", 0) * watch.period_us)
    watch.look(30, case.get("most", _MOST))
    return watch.seen()


def fail(case):
    """Looks of which every third has a transfer that fails, the one that the case says."""
    watch = Watch(case["kind"], case.get("part"))
    watch.start(case["rate_hz"], case["range_g"])
    watch.wires.failure = case["failure"]
    for _ in range(30):
        watch.wires.failing = case["transfer"]
        watch.look(1)
        watch.wires.failing = 0
        watch.look(2)
    return watch.seen()


def drive(case):
    """A schedule of [periods to wait, most, transfer that fails or 0, failure], a take() after each."""
    watch = Watch(case["kind"], case.get("part"))
    watch.start(case["rate_hz"], case["range_g"])
    for periods, most, transfer, failure in case["schedule"]:
        advance(periods * watch.period_us)
        watch.wires.failing = transfer
        watch.wires.failure = failure
        watch.take(most)
    watch.wires.failing = 0
    watch.take()
    return watch.seen()


def restart(case):
    """A start on a part that has measured before, and whose registers hold what the case says."""
    watch = Watch(case["kind"], case.get("part"))
    for rate_hz, range_g in case["before"]:
        watch.start(rate_hz, range_g)
        watch.look(3)
        advance(20 * watch.period_us)
    for register in case["registers"]:
        for value in case["values"]:
            watch.part.write(register, bytes([value]))
    advance(100000)
    watch.samples = []
    watch.start(case["rate_hz"], case["range_g"])
    started_at = watch.part.samples.index
    watch.look(30)
    return [watch.seen(), started_at]


def mutate(case):
    """A driver with one attribute changed: what the tests must not let pass."""
    driver = sensors.load(case["kind"])
    name, value = case["change"]
    watch = Watch(case["kind"], driver=type("Mutant", (driver,), {name: value}))
    watch.start(case["rate_hz"], case["range_g"])
    watch.look(8)
    return watch.seen()


def start_on(case):
    """What start() says where the bus holds these parts."""
    driver = sensors.load(case["kind"])
    wires = Wires(case["parts"])
    try:
        driver(I2CBus(wires, driver.ADDRESSES[0])).start(driver.RATES_HZ[-1], 4)
    except OSError as error:
        return error.errno if error.errno in (_ENODEV, _ETIMEDOUT) else str(error)
    return None


if __name__ == "__main__":
    advance(0)
    with open("case.json") as file:
        print(json.dumps(globals()[sys.argv[1]](json.load(file))))
