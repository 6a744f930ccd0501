"""The `select` module of a virtual board: waiting in poll() is where the board's idle time passes.

Read from extmod/modselect.c (poll objects) and ports/esp32/mphalport.c: while the port waits, callbacks run
as soon as they are due, and one that makes a stream ready ends the wait. Streams written in Python, such as
asyncio's ThreadSafeFlag, are asked here: the PC's poll() would sleep a millisecond for each look at them.
"""

import clock
import uselect
import utime
from uselect import POLLERR, POLLHUP, POLLIN, POLLOUT  # noqa: F401
from world import WORLD

_MOST_MS = 1000  # asyncio asks again, and the world may have changed
_STREAM_POLL = 3  # MP_STREAM_POLL
_GET_FILENO = 10  # MP_STREAM_GET_FILENO: the board's sockets have one of the PC's behind them


class poll:
    """Nothing here allocates but register()."""

    def __init__(self):
        self._files = uselect.poll()
        self._wanted = {}  # by id of the stream: [stream, events, whether it is a file of the PC's]
        self._pairs = {}
        self._file_count = 0
        self._found = []

    def register(self, stream, events=POLLIN | POLLOUT):
        is_file = not hasattr(stream, "ioctl") or stream.ioctl(_GET_FILENO, 0) > 0
        if is_file:
            self._files.register(stream, events)
            self._file_count += 1
        self._wanted[id(stream)] = [stream, events, is_file]
        self._pairs[id(stream)] = [stream, 0]

    def modify(self, stream, events):
        wanted = self._wanted[id(stream)]
        wanted[1] = events
        if wanted[2]:
            self._files.modify(stream, events)

    def unregister(self, stream):
        if self._wanted.pop(id(stream))[2]:
            self._files.unregister(stream)
            self._file_count -= 1
        del self._pairs[id(stream)]

    def ready(self, real_us):
        """Return whether a stream is ready, waiting at most real_us of the PC's time, or a millisecond."""
        self._found.clear()
        for key in self._wanted:
            stream, events, is_file = self._wanted[key]
            if not is_file and stream.ioctl(_STREAM_POLL, events):
                self._find(key, events)
        if self._file_count:
            for stream, events in self._files.ipoll(0 if self._found else (real_us + 999) // 1000):
                self._find(id(stream), events)
        elif real_us and not self._found:
            utime.sleep_us(real_us)
        return len(self._found) > 0

    def ipoll(self, timeout_ms=-1, flags=0):
        clock.enter()
        if timeout_ms:
            WORLD.refresh()
            clock.wait((timeout_ms if 0 < timeout_ms < _MOST_MS else _MOST_MS) * 1000, self)
        else:
            self.ready(0)
        clock.leave()
        return self._found

    poll = ipoll

    def _find(self, key, events):
        pair = self._pairs[key]
        pair[1] = events
        self._found.append(pair)
