"""The Wi-Fi radio of a virtual board: what ESP-IDF's driver does between two calls of the `network` module.

Read from MicroPython's ports/esp32/network_wlan.c (its two event handlers) and ESP-IDF's esp_wifi.h. Time is
the board's; what happened since the last call is caught up with at the next, so nothing here needs a task.
"""

import time

from world import WORLD

# wifi_err_reason_t (esp_wifi_types.h); a wrong password shows as any of _REFUSED.
ASSOC_LEAVE, BEACON_TIMEOUT, NO_AP_FOUND = 8, 200, 201
_REFUSED = (15, 202, 15, 204)
# A scan of 13 channels, 120 ms and more each. Six seconds without a beacon (esp_wifi_set_inactive_time).
_SCAN_MS, _SILENCE_MS = 2400, 6000
_JOIN_MS, _JOIN_SPREAD_MS = 1000, 3000  # association, keys and DHCP

_random = 1


def random(below):
    """Return a number under below, in 16 bits; the same row of them at each start."""
    global _random
    _random = (_random * 1103515245 + 12345) & 0x3FFFFFFF
    return (_random >> 8 & 0xFFFF) * below >> 16


class Radio:
    """started, requested, connected, reason, most_tries: the variables of network_wlan.c."""

    def __init__(self):
        self.initialised = self.started = self.requested = self.connected = False
        self.reason = 0
        self.most_tries = 0  # conf_wifi_sta_reconnects; 0: for ever
        self.tries = 0
        self.password = None
        self._there = False  # whether the access point was there when the attempt began
        self._ends_ms = None  # when the attempt ends
        self._silent_ms = None  # since when no beacon came

    @property
    def trying(self):
        return self._ends_ms is not None

    def start(self, on):
        self.started, self.tries = on, 0
        if not on:
            self._stop()

    def connect(self):
        self._begin(time.ticks_ms())

    def disconnect(self):
        if self.connected or self.trying:
            self._stop()
            self.reason = ASSOC_LEAVE

    def _stop(self):
        self.connected, self._ends_ms, self._silent_ms = False, None, None

    def catch_up(self):
        """Let happen what was due until now."""
        now_ms = time.ticks_ms()
        WORLD.refresh(now_ms * 1000)
        if self.connected:
            self._listen(now_ms)
        while self.trying and time.ticks_diff(now_ms, self._ends_ms) >= 0:
            self._end(self._ends_ms)

    def _begin(self, at_ms):
        self._there = WORLD.wifi
        took_ms = _JOIN_MS + random(_JOIN_SPREAD_MS) if self._there else _SCAN_MS
        self._ends_ms = time.ticks_add(at_ms, took_ms)

    def _end(self, at_ms):
        self._ends_ms = None
        if not (self._there and WORLD.wifi):
            self._lose(NO_AP_FOUND, at_ms)
        elif WORLD.wifi_password not in (None, self.password):
            self._lose(_REFUSED[random(len(_REFUSED))], at_ms)
        else:  # IP_EVENT_STA_GOT_IP
            self.connected, self.reason = True, 0

    def _listen(self, now_ms):
        if WORLD.wifi:
            self._silent_ms = None
        elif self._silent_ms is None:
            self._silent_ms = now_ms
        elif time.ticks_diff(now_ms, self._silent_ms) >= _SILENCE_MS:
            self._silent_ms = None
            self._lose(BEACON_TIMEOUT, now_ms)

    def _lose(self, reason, at_ms):
        """WIFI_EVENT_STA_DISCONNECTED: tried again, unless the tries are used up or the driver fails."""
        self.connected, self.reason = False, reason
        if not self.requested:
            return
        self.tries += 1
        if self.most_tries and self.tries >= self.most_tries:
            return
        if not fails():  # "error attempting to reconnect": nobody tries again
            self._begin(at_ms)


def fails():
    """Return whether the driver fails just now, as it does in the world's share of calls."""
    return random(10000) < WORLD.wifi_errors * 10000


RADIO = Radio()
