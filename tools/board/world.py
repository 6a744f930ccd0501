"""What lies around a virtual board, read from world.json in the folder that JUDDER_WORLD names.

device_id      12 hex digits, the board's MAC
factor         how many times faster than real time the board lives (an integer)
sensor         "ok", "missing" (no answer on the bus) or "stalled" (answers, but never has new data)
wifi           whether the network is there
signal         a file beside world.json: int16 x, y, z interleaved, 1/4096 g per count, played in a loop
signal_hz      its sample rate

The file is looked at again every virtual second, so a test may change the world while the board runs.
"""

import json
import os

FOLDER = os.getenv("JUDDER_WORLD")
_RELOAD_US = 1000000

try:
    from vfs import VfsPosix

    _host = VfsPosix("/")  # stays open to the host's files when a flash image becomes the root
except ImportError:
    _host = None


def open_host(name, mode="r"):
    """Open a file of the world's folder."""
    return _host.open(FOLDER + "/" + name, mode)


class World:
    def __init__(self):
        self._read_at = None
        self._text = None
        self._document = {}
        self._signal = None
        self.signal_len = 0
        self.refresh(0)

    def refresh(self, now_us):
        """Read world.json again where it is time to. Allocates: not for use under heap_lock."""
        if self._read_at is not None and now_us - self._read_at < _RELOAD_US:
            return
        self._read_at = now_us
        with open_host("world.json") as file:
            text = file.read()
        if text == self._text:
            return
        self._text = text
        before = self._document.get("signal")
        self._document = json.loads(text)
        self.sensor = self._document.get("sensor", "ok")
        self.wifi = self._document.get("wifi", True)
        self.signal_hz = int(self._document.get("signal_hz", 250))
        if self._document["signal"] != before:
            self._open_signal(self._document["signal"])

    def _open_signal(self, name):
        if self._signal:
            self._signal.close()
        self._signal = open_host(name, "rb")
        self.signal_len = self._signal.seek(0, 2) // 6

    @property
    def device_id(self):
        return self._document["device_id"]

    @property
    def factor(self):
        return int(self._document.get("factor", 1))

    def read_signal(self, index, buffer):
        """Read sample number index (the signal is a loop) into buffer; no allocation."""
        self._signal.seek(index % self.signal_len * 6)
        self._signal.readinto(buffer)


WORLD = World()


def log_pin(pin, value, now_ms):
    """Note that a pin got a value, for a test to read."""
    file = open_host("pins.log", "a")
    file.write("%d %s %s\n" % (now_ms, pin, value))
    file.close()
