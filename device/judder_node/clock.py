"""Unix time on a board: counted from ticks, set from the server's answers."""

import time


class Clock:
    """now_us() is 0 until set. Ask it every few minutes: ticks_us wraps after 17.9 of them on an ESP32."""

    def __init__(self):
        self._last_us = time.ticks_us()
        self._now_us = 0
        self.synced = False

    def set(self, unix_us):
        self._last_us = time.ticks_us()
        self._now_us = unix_us
        self.synced = True

    def now_us(self):
        return self.at(time.ticks_us())

    def at(self, ticks_us):
        """Return the Unix time at ticks_us, a recent value of time.ticks_us(); 0 if it is not known."""
        if not self.synced:
            return 0
        elapsed_us = time.ticks_diff(ticks_us, self._last_us)
        if elapsed_us > 0:
            self._last_us = ticks_us
            self._now_us += elapsed_us
            return self._now_us
        return self._now_us + elapsed_us
