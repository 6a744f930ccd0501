"""What the app's own code, collections included, does to its sampling; prints one line of JSON.

usage: micropython timing.py WINDOWS        in a world's folder (see tests/device/board.py) with a cpu_factor
"""

import asyncio
import gc
import json
import sys
import time

gc.threshold(8192)  # as main.py does
import start  # noqa: E402

time.set_factor(start.WORLD.factor)
import interrupts  # noqa: E402
from judder_core.window import FLAG_LATE, FLAG_LOST  # noqa: E402
from judder_node.app import start as boot  # noqa: E402

WARM_UP = 4
board = boot("config.json")
del boot
judge_us = []
flagged = []


def timed(score):
    def measure(window):
        began_us = time.ticks_us()
        verdict = score(window)
        judge_us.append(time.ticks_diff(time.ticks_us(), began_us))
        return verdict

    return measure


def seen(offer):
    def look(window):
        flagged.append(bool(window.flags & (FLAG_LATE | FLAG_LOST)))
        return offer(window)

    return look


def counters():
    beat = board.sampler.beat
    return [board.windows, beat.late, beat.lost, board.sampler.lost_windows, time.ticks_ms()]


def collections_ms():
    """Return how long 20 collections take, each."""
    took = []
    for _ in range(20):
        began_us = time.ticks_us()
        gc.collect()
        took.append(time.ticks_diff(time.ticks_us(), began_us) / 1000)
    return took


async def run(windows):
    board.scorer.score = timed(board.scorer.score)
    board.uplink.offer = seen(board.uplink.offer)
    asyncio.create_task(board.run())
    while board.windows < WARM_UP:
        await asyncio.sleep_ms(100)
    first = counters()
    while board.windows < WARM_UP + windows:
        await asyncio.sleep_ms(100)
    counted, late, lost, lost_windows, elapsed_ms = [b - a for a, b in zip(first, counters())]
    sampler = board.sampler
    took = collections_ms()
    observed_ms = counted * sampler.window_len * 1000 / sampler.nominal_rate_hz
    judged_us = judge_us[-windows:]
    report = {
        "judge_ms": sum(judged_us) / len(judged_us) / 1000 if judged_us else 0,
        "gc_mean_ms": sum(took) / len(took),
        "gc_max_ms": max(took),
        "late_a_window": late / counted,
        "lost_samples": lost,
        "lost_windows": lost_windows,
        "rate_hz": sampler.beat.rate_hz,
        "flagged": "%d of %d" % (sum(flagged[-counted:]), counted),
        "observed": observed_ms / elapsed_ms,
        "callbacks_dropped": interrupts.dropped,
    }
    print(json.dumps(report))


asyncio.run(run(int(sys.argv[1])))
