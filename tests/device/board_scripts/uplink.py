"""An Uplink and its flash against a server that is odd for a while: prints what became of the windows.

usage: micropython uplink.py PORT [KEY]     "odd" on stdout: the server may be a good one from now on

The folder it runs in is the flash. Everything that waits does so a thousandth as long as on a board.
"""

import asyncio
import gc
import json

import judder_node.uplink
from judder_node.http import Connection
from uplinked import make_uplink, make_window

WINDOW_LEN = 16
ODD_WINDOWS, GOOD_WINDOWS = 12, 4
EVERY_MS = 40
MOST_MS = 30000
for name, value in (
    ("_BACKOFF_MS", (20, 40)),
    ("_LONGEST_PAUSE_S", 0),
    ("_SPOOL_EVERY_MS", 10),
    ("_REPORT_AGAIN_MS", 100),
):
    setattr(judder_node.uplink, name, value)


class Impatient(Connection):
    patience_ms = 400


class Board:
    """Takes the outcomes as the app does, and asks of them what the app relies on."""

    def __init__(self):
        self.outcomes = {}
        self.orders = []
        self.states = []
        self.errors = []

    def on_outcome(self, seq, reply):
        if reply is None:
            self.outcomes.setdefault(seq, False)
            return
        assert reply.server_time_us is None or 1 << 50 < reply.server_time_us < 1 << 52
        assert reply.record in (True, False)
        self.outcomes[seq] = True
        if reply.model is not None:
            self.orders.append(reply.model)
        if reply.judged:
            self.states.append([reply.level, reply.state])


async def watch(uplink, board, first, count):
    for seq in range(first, first + count):
        await asyncio.sleep_ms(EVERY_MS)
        uplink.offer(make_window(WINDOW_LEN, seq))
        uplink.between_windows()
        if uplink.last_error and uplink.last_error not in board.errors:
            board.errors.append(uplink.last_error)
        gc.collect()


async def main():
    board = Board()
    hurry = {"timeout_ms": 100, "status_interval_s": 0.5}
    uplink = make_uplink(WINDOW_LEN, board.on_outcome, connection=Impatient, **hurry)
    spool = uplink.spool
    sending = asyncio.create_task(uplink.run())
    await watch(uplink, board, 0, ODD_WINDOWS)
    print("odd")
    await watch(uplink, board, ODD_WINDOWS, GOOD_WINDOWS)
    for _ in range(MOST_MS // EVERY_MS):
        if not uplink.queue and not spool.waiting:
            break
        await asyncio.sleep_ms(EVERY_MS)
        uplink.between_windows()
    uplink.between_windows()
    print(
        json.dumps(
            {
                "running": not sending.done(),
                "left": len(uplink.queue) + spool.waiting,
                "lost": uplink.lost,
                "refused": uplink.refused,
                "dropped": spool.dropped,
                "error": uplink.last_error,
                "errors": board.errors,
                "answered": sorted([seq for seq in board.outcomes if seq is not None]),
                "orders": board.orders,
                "states": board.states,
            }
        )
    )


asyncio.run(main())
