"""What lies around a virtual board, read from world.json in the folder that JUDDER_WORLD names.

README.md lists what it may hold. It is looked at again every second of the board's time, so a test may change
the world while the board runs. These fakes share the heap with the app under test, which a real board's
hardware does not: they are kept short, and what runs often does not allocate.
"""

import binascii
import json

import clock
import uos
from vfs import VfsPosix

FOLDER = uos.getenv("JUDDER_WORLD") + "/"
host_open = VfsPosix("/").open  # the host's files stay in reach when a flash image becomes the root


class World:
    signal = None

    def __init__(self):
        self._watchers = []
        self._name = None
        self._crc = None
        self._text = bytearray(256)
        self._read()

    def get(self, name, default):
        return self._world.get(name, default)

    def watch(self, changed):
        """Call changed() whenever the world is another."""
        self._watchers.append(changed)

    def refresh(self, _=None):
        """Read world.json again where it is time to. Allocates: not for use under heap_lock."""
        if 0 <= clock.diff(clock.now_us, self._read_us) < 1000000:
            return
        self._read()
        if self._changed:
            for changed in self._watchers:
                changed()

    def _read(self):
        self._read_us = clock.now_us
        with host_open(FOLDER + "world.json", "rb") as file:
            crc = 0
            while file.readinto(self._text):
                crc = binascii.crc32(self._text, crc)
            self._changed = crc != self._crc
            if not self._changed:
                return
            self._crc = crc
            file.seek(0)
            self._world = world = json.load(file)
        self.device_id = world["device_id"]
        self.factor = int(world.get("factor", 1))
        self.cpu_factor = int(world.get("cpu_factor", 0))
        self.sensor = world.get("sensor", "ok")
        self.i2c_errors = int(world.get("i2c_errors", 0) * 65536)
        self.wifi = world.get("wifi", True)
        self.wifi_password = world.get("wifi_password")
        self.wifi_errors = world.get("wifi_errors", 0)
        self.dns = world.get("dns", "127.0.0.1")
        self.dns_port = int(world.get("dns_port", 53))
        self.signal_hz = int(world.get("signal_hz", 250))
        if world["signal"] != self._name:
            self._name = world["signal"]
            self.signal = host_open(FOLDER + self._name, "rb")
            self.length = self.signal.seek(0, 2) // 6

    def read_signal(self, index, buffer):
        """Read sample number index (the signal is a loop) into buffer; no allocation."""
        self.signal.seek(index % self.length * 6)
        self.signal.readinto(buffer)


WORLD = World()


def log_pin(pin, value, now_ms):
    """Note that a pin got a value, for a test to read."""
    with host_open(FOLDER + "pins.log", "a") as file:
        file.write("%d %s %s\n" % (now_ms, pin, value))
