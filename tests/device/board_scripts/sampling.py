"""Drives the sampler tick by tick, with doubles of sensor, pacer and clock. Prints what it counted as JSON.

usage: micropython sampling.py CASE        in a world's folder (see tests/device/board.py), with a case.json
"""

import asyncio
import gc
import json
import sys

import micropython
from judder_node import sampler as module
from judder_node.sampler import Sampler

TICKS_PERIOD = 1 << 30  # an ESP32's


class Clock:
    def __init__(self, now_us=0):
        self.now_us = now_us % TICKS_PERIOD

    def ticks_us(self):
        return self.now_us

    def ticks_diff(self, a, b):
        return (a - b + TICKS_PERIOD // 2) % TICKS_PERIOD - TICKS_PERIOD // 2

    def wait(self, us):
        self.now_us = (self.now_us + us) % TICKS_PERIOD


class Pacer:
    def start(self, callback):
        self.tick = callback

    def stop(self):
        self.tick = None


class Sensor:
    """Counts its samples. fault: what reading one of them does besides, or None."""

    CODE = 0
    scale_g = 1.0

    def __init__(self, fault=None):
        self._fault = fault
        self.taken = 0

    def start(self, rate_hz, range_g):
        pass

    def take(self, counts, start, most):
        if self._fault:
            self._fault()
        self.taken += 1
        counts[start] = counts[start + 1] = counts[start + 2] = self.taken
        return 1


def make(sensor, window_len=200, max_late_share=0.02, now_us=0):
    module.time = clock = Clock(now_us)
    pacer = Pacer()
    sampler = Sampler(sensor, pacer, window_len, 250, 4, max_late_share)
    sampler.start()
    return sampler, pacer, clock


def count_gaps(case):
    """Late and lost samples after each of the gaps."""
    sampler, pacer, clock = make(Sensor(), now_us=case["now_us"])
    pacer.tick(None)
    counted = []
    for gap_us in case["gaps_us"]:
        clock.wait(gap_us)
        pacer.tick(None)
        counted.append((sampler.late, sampler.lost_samples))
    return counted


def fault(case):
    """What the tick raises whose sample has the fault, and what the next, healthy one does."""
    faults = {
        "list": lambda: [0] * 3,
        "float": lambda: 0.5 * sampler.late,
        "bytes": lambda: bytes(6),
        "bus": lambda: bus_error(),
    }
    sensor = Sensor(faults[case["fault"]])
    sampler, pacer, _ = make(sensor)
    try:
        pacer.tick(None)
        raised = None
    except Exception as error:
        raised = type(error).__name__
    sensor._fault = None
    pacer.tick(None)
    return {"raised": raised, "taken": sensor.taken, "bus_errors": sampler.bus_errors, "free": len([0] * 99)}


def flash(case):
    """Two samples, then a write to the flash that no sample gets through, then a window of four."""
    sampler, pacer, clock = make(Sensor(), window_len=4)
    for wait_us in [4000] * 2 + [case["write_us"]] + [4000] * 3:
        if wait_us == case["write_us"]:
            sampler.begin_again()
        clock.wait(wait_us)
        pacer.tick(None)
    return {"counts": list(sampler._full)[::3], "late": sampler.late, "lost": sampler.lost_samples}


def bus_error():
    raise OSError(19)


def lock_heap(case):
    """600 samples of the driver named in the case with the heap locked around every tick."""
    import time

    import machine
    from judder_node.sensors.finding import open_sensor

    sensor = open_sensor({"kind": case["kind"], "address": None}, machine.I2C(0))
    sampler, pacer, _ = make(sensor)
    module.time = time
    start_us = time.ticks_us()
    time.serve_at(start_us)
    sampler.start()  # now: its first sample comes a period later
    taken = polls = 0
    gc.collect()
    before = gc.mem_alloc()
    while taken < 600:
        polls += 1
        time.serve_at(start_us + polls * 4000 // sensor.LOOKS_PER_SAMPLE)
        position = sampler._position
        micropython.heap_lock()
        pacer.tick(None)
        micropython.heap_unlock()
        taken += sampler._position != position
    grown = gc.mem_alloc() - before
    return {"polls": polls, "grown": grown, "lost_windows": sampler.lost_windows, "late": sampler.late}


def consume(case):
    """The windows that one gets who is busy with some, starts again within one, or misses a second."""
    return asyncio.run(_consume(case["busy"], case["restart_at"], case.get("gap_at")))


async def _consume(busy, restart_at, gap_at):
    sampler, pacer, clock = make(Sensor(), window_len=4, max_late_share=0.25, now_us=-40000)
    found = []

    async def take():
        async for window in sampler.windows():
            found.append((window.seq, window.flags, list(window.counts)[::3], sampler.sample_rate_hz))
            while window.seq in busy and sampler.lost_windows < 1:
                await asyncio.sleep_ms(0)

    task = asyncio.create_task(take())
    await asyncio.sleep_ms(0)
    for tick in range(24):
        if tick == restart_at:
            task.cancel()
            await asyncio.sleep_ms(0)
            for _ in range(5):  # what a soft timer still had in its queue
                pacer.tick(None)
            sampler.stop()
            sampler.start()
            task = asyncio.create_task(take())
            await asyncio.sleep_ms(0)
        clock.wait(1000000 if tick == gap_at else 4000)
        pacer.tick(None)
        for _ in range(3):
            await asyncio.sleep_ms(0)
    return found


if __name__ == "__main__":
    with open("case.json") as file:
        print(json.dumps(globals()[sys.argv[1]](json.load(file))))
