"""What a window allocates on its way to a server: prints bytes, as JSON.

usage: micropython garbage.py PORT      (with a large heap: nothing is collected meanwhile)
"""

import asyncio
import gc
import json
import sys
from array import array

from judder_core.window import Window
from judder_core.wire import frame_size
from judder_node.http import Connection
from judder_node.spool import Spool
from judder_node.uplink import Uplink

WINDOW_LEN = 256
WARM, MEASURED = 10, 40
CONFIG = {
    "host": "127.0.0.1",
    "port": int(sys.argv[1]),
    "token": "",
    "timeout_ms": 2000,
    "queue_windows": 2,
    "status_interval_s": 1000,
}


def on_outcome(seq, reply):
    assert reply is not None


async def main():
    uplink = Uplink(
        Connection(CONFIG),
        CONFIG,
        [bytearray(frame_size(WINDOW_LEN)) for _ in range(2)],
        "0200000000a1",
        Spool(65536, frame_size(WINDOW_LEN)),
        on_outcome,
        lambda: {"name": "fan"},
    )
    asyncio.create_task(uplink.run())
    await asyncio.sleep_ms(500)
    window = Window(array("h", bytes(6 * WINDOW_LEN)), 1 / 2048, 250.0)
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
