"""A Wifi on the strict radio, in a world that changes: prints [[second, joined], ...] and the last why.

usage: micropython wifi.py MODULE SECONDS TIMELINE      TIMELINE: JSON, [[second, {"wifi": false}], ...]

asyncio's sleep lets the board's time pass at once, so half an hour takes a moment.
"""

import asyncio
import json
import sys
import time

from world import WORLD

WIFI = {"ssid": "attic", "password": "right"}
module, seconds, timeline = sys.argv[1], int(sys.argv[2]), json.loads(sys.argv[3])
sys.path.append("")
start_ms = time.ticks_ms()
seen = [[0, False]]
said = []


class Over(Exception):
    pass


def now_s():
    return time.ticks_diff(time.ticks_ms(), start_ms) / 1000


def change(_):
    """Take the place of World.refresh()."""
    while timeline and timeline[0][0] <= now_s():
        for name, value in timeline.pop(0)[1].items():
            setattr(WORLD, name, value)


async def sleep(s):
    for _ in range(int(10 * s)):
        time.block(100000)
        if wifi.connected != seen[-1][1]:
            seen.append([round(now_s(), 1), not seen[-1][1]])
    if getattr(wifi, "why", None) not in said:
        said.append(wifi.why)
    if now_s() > seconds:
        raise Over()


WORLD.refresh = change
change(0)
asyncio.sleep = sleep
asyncio.sleep_ms = lambda ms: sleep(ms / 1000)
wifi = __import__(module, None, None, ["Wifi"]).Wifi(WIFI, "Lüfter im Keller der Mühle am langen Bach")
try:
    asyncio.run(wifi.keep())
except Over:
    pass
print(json.dumps([seen, said]))
