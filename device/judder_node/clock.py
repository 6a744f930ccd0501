"""Unix time on a board: counted from ticks, set from the server's answers."""

import time


class Clock:
    """Ask it every few minutes: ticks_us wraps after 17.9 of them on an ESP32. synced: whether it was set."""

    synced = False

    def set(self, unix_us):
        self._last_us = time.ticks_us()
        self._now_us = unix_us
        self.synced = True

    def at(self, ticks_us):
        """Return the Unix time at ticks_us, a recent value of time.ticks_us(), once it is set."""
        elapsed_us = time.ticks_diff(ticks_us, self._last_us)
        if elapsed_us > 0:
            self._last_us = ticks_us
            self._now_us += elapsed_us
            return self._now_us
        return self._now_us + elapsed_us
