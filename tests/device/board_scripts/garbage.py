"""What a window allocates on its way to a server: prints bytes, as JSON.

usage: micropython garbage.py PORT      (with a large heap: nothing is collected meanwhile)
"""

import asyncio
import gc
import json

from uplinked import make_uplink, make_window

WINDOW_LEN = 256
WARM, MEASURED = 10, 40


def on_outcome(seq, reply):
    assert reply is not None


async def main():
    uplink = make_uplink(WINDOW_LEN, on_outcome)
    asyncio.create_task(uplink.run())
    await asyncio.sleep_ms(500)
    window = make_window(WINDOW_LEN)
    window.device_id = b"\2\0\0\0\0\xa1"
    for seq in range(WARM + MEASURED):
        if seq == WARM:
            gc.collect()
            gc.disable()
            before = gc.mem_alloc()
        window.seq, window.flags = seq, 0
        uplink.offer(window)
        uplink.between_windows()
        while uplink.queue:
            await asyncio.sleep_ms(5)
    print(json.dumps({"a window": (gc.mem_alloc() - before) // MEASURED}))


asyncio.run(main())
