"""Drives the sampler tick by tick, with doubles of sensor, pacer and clock. Prints what it counted as JSON.

usage: micropython sampling.py CASE        in a world's folder (see tests/device/board.py), with a case.json
"""

import asyncio
import gc
import json
import sys

import micropython
from judder_node import beat
from judder_node import sampler as module
from judder_node.sampler import Sampler, SensorStalled

TICKS_PERIOD = 1 << 30  # an ESP32's
RATE_HZ = 250


class Clock:
    def __init__(self, now_us=0):
        self.now_us = now_us

    def ticks_us(self):
        return self.now_us % TICKS_PERIOD

    def ticks_ms(self):
        return self.now_us // 1000 % TICKS_PERIOD

    def ticks_add(self, a, b):
        return (a + b) % TICKS_PERIOD

    def ticks_diff(self, a, b):
        return (a - b + TICKS_PERIOD // 2) % TICKS_PERIOD - TICKS_PERIOD // 2


class Pacer:
    tick = None

    def start(self, callback):
        self.tick = callback

    def stop(self):
        self.tick = None


class Sensor:
    """Makes a sample each period_us and numbers them; keeps the newest, or fifo_len of them."""

    NAME, CODE = "double", 0
    scale_g = 1.0

    def __init__(self, clock, pacer, period_us, fifo_len=0):
        self.FIFO_LEN = fifo_len
        self._clock = clock
        self._pacer = pacer
        self._start_us = clock.now_us
        self._period = int(10 * period_us)
        self._taken = -1
        self.fault = None
        self.fails = 0  # of the next transfers
        self.overrun = False
        self.lost = self.late = 0

    def start(self, rate_hz, range_g):
        pass

    def take(self, counts, start, most):
        if self.fault:
            self.fault()
        if self.fails:
            self.fails -= 1
            bus_error()
        since = 10 * (self._clock.now_us - self._start_us)  # whole numbers only: the heap is locked
        newest = since // self._period
        kept = max(1, self.FIFO_LEN)
        if newest - self._taken > kept:
            self.lost += newest - self._taken - kept if self._pacer.tick else 0  # between windows nobody asks
            self.overrun = self.FIFO_LEN > 0
            self._taken = newest - kept
        taken = min(most, newest - self._taken)
        k = start
        while k < start + 3 * taken:
            self._taken += 1
            counts[k] = counts[k + 1] = counts[k + 2] = self._taken & 0x7FFF
            k += 3
        if taken and self._pacer.tick and 2 * (since - newest * self._period) > self._period:
            self.late += 1
        return taken


def make(case, **options):
    """Return (sampler, pacer, clock, sensor), started."""
    module.time = beat.time = clock = Clock(case.get("now_us", 0))
    pacer = Pacer()
    sensor = Sensor(clock, pacer, case.get("period_us", 1000000 / RATE_HZ), case.get("fifo_len", 0))
    window_len = case.get("window_len", 200)
    sampler = Sampler(lambda: (sensor, pacer), window_len, RATE_HZ, 4, case.get("max_late_share", 0.02))
    sampler.start()
    return sampler, pacer, clock, sensor


def fault(case):
    """What the tick raises whose sample has the fault, and what the next, healthy one does."""
    faults = {
        "list": lambda: [0] * 3,
        "float": lambda: 0.5 * sampler.beat.late,
        "bytes": lambda: bytes(6),
        "bus": lambda: bus_error(),
    }
    sampler, pacer, clock, sensor = make(case)
    sampler._begin()
    sensor.fault = faults[case["fault"]]
    clock.now_us += 4000
    try:
        pacer.tick(None)
        raised = None
    except Exception as error:
        raised = type(error).__name__
    sensor.fault = None
    pacer.tick(None)
    return {
        "raised": raised,
        "count": sampler.beat.count,
        "bus_errors": sampler.bus_errors,
        "free": len([0] * 99),
    }


def bus_error():
    raise OSError(19)


def watch(case):
    """The windows that come while ticks come at the times in ticks_us, and what the sensor knows of them.

    hold: how many ticks pass while whoever asked for a window holds it. broken: at which ticks the bus fails.
    """
    return asyncio.run(_watch(case))


async def _watch(case):
    sampler, pacer, clock, sensor = make(case)
    found, ended = [], []
    broken, hold = case.get("broken", []), case.get("hold", 0)
    begin_us = clock.now_us
    held_until = [0]

    async def take():
        try:
            async for window in sampler.windows():
                rate_hz = sampler.beat.rate_hz
                found.append((window.seq, window.flags, list(window.counts)[::3], rate_hz, window.end_us))
                held_until[0] = tick + hold
                while tick < held_until[0]:
                    await asyncio.sleep_ms(0)
        except (OSError, SensorStalled) as error:
            ended.append(type(error).__name__)

    tick = 0
    asyncio.create_task(take())
    await asyncio.sleep_ms(0)
    for tick in range(len(case["ticks_us"])):
        clock.now_us = begin_us + case["ticks_us"][tick]
        sensor.fault = bus_error if tick in broken else None
        sensor.fails = 1 if tick in case.get("failing_once", []) else 0
        if pacer.tick:
            pacer.tick(None)
        if sampler._full or not sampler._reading or tick == held_until[0]:  # to let others run takes 1 ms
            for _ in range(3):
                await asyncio.sleep_ms(0)
    counted = {"late": sampler.beat.late, "lost": sampler.beat.lost, "lost_windows": sampler.lost_windows}
    truth = {"late": sensor.late, "lost": sensor.lost}
    return {
        "windows": found,
        "counted": counted,
        "truth": truth,
        "ended": ended,
        "errors": sampler.bus_errors,
    }


def lock_heap(case):
    """600 samples of the driver named in the case with the heap locked around every tick."""
    import time

    import machine
    from judder_node.sensors.finding import open_sensor

    sensor = open_sensor(case["sensor"], {"sample_rate_hz": 250}, machine.I2C(0))
    module.time = beat.time = time
    pacer = Pacer()
    sampler = Sampler(lambda: (sensor, pacer), 200, RATE_HZ, 4, 0.02)
    sampler.start()
    sampler._begin()
    start_us = time.ticks_us() // 4000 * 4000  # where the sensor has a new sample
    taken = looks = 0
    gc.collect()
    before = gc.mem_alloc()
    while taken < 600:
        looks += 1
        time.serve_at(start_us + looks * 4000 // sensor.LOOKS_PER_SAMPLE)
        position = sampler._position
        micropython.heap_lock()
        pacer.tick(None)
        micropython.heap_unlock()
        taken += sampler._position != position
        sampler._full, sampler._reading = None, True  # the window is taken
    return {"grown": gc.mem_alloc() - before, "late": sampler.beat.late, "lost": sampler.beat.lost}


if __name__ == "__main__":
    with open("case.json") as file:
        print(json.dumps(globals()[sys.argv[1]](json.load(file))))
