"""A board that cannot watch, but stays in reach: it says why, by LED and network, and tries again."""

import asyncio

import machine
from micropython import const

from .node import Node

_TRIES_AGAIN_S = const(600)
_FEEDS_S = const(5)


class Caretaker(Node):
    """state, why: a word and a sentence for people. code: the blinks that say so."""

    def __init__(self, config, room, state, why, code):
        super().__init__(config, room, None)
        self.state = state
        self.why = why
        self._code = code

    async def run(self):
        """Run until it is time to try again: what made the board fail may be gone."""
        print("judder:", self.why)
        tasks = [self.wifi.keep(), self.uplink.run(), self.alarm.blink(self._code), self._try_again()]
        await asyncio.gather(*tasks)

    async def _try_again(self):
        for _ in range(_TRIES_AGAIN_S // _FEEDS_S):
            self.watchdog.feed()
            self.uplink.between_windows()
            await asyncio.sleep(_FEEDS_S)
        from . import crash

        crash.rest()
        machine.reset()

    def on_outcome(self, seq, reply):
        """Nothing here waits for answers."""
