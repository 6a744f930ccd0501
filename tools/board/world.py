"""What lies around a virtual board, read from world.json in the folder that JUDDER_WORLD names.

device_id      12 hex digits, the board's MAC
factor         how many times faster than real time the board lives (an integer)
sensor         "ok", "missing" (no answer on the bus) or "stalled" (answers, but never has new data)
wifi           whether the access point is there
wifi_password  the one it wants; null: any
wifi_errors    share of the calls in which the Wi-Fi driver fails
dns, dns_port  where the network's DNS server answers
signal         a file beside world.json: int16 x, y, z interleaved, 1/4096 g per count, played in a loop
signal_hz      its sample rate

The file is looked at again every virtual second, so a test may change the world while the board runs. These
fakes share the heap with the app under test, which a real board's hardware does not: they are kept short.
"""

import json
import os

from vfs import VfsPosix

FOLDER = os.getenv("JUDDER_WORLD") + "/"
_host = VfsPosix("/")  # stays open to the host's files when a flash image becomes the root


class World:
    signal = None

    def __init__(self):
        self.refresh(0)

    def refresh(self, now_us):
        """Read world.json again where it is time to. Allocates: not for use under heap_lock."""
        if self.signal and now_us - self.read_at < 1000000:
            return
        self.read_at = now_us
        with _host.open(FOLDER + "world.json", "r") as file:
            world = json.load(file)
        self.device_id = world["device_id"]
        self.factor = int(world.get("factor", 1))
        self.sensor = world.get("sensor", "ok")
        self.wifi = world.get("wifi", True)
        self.wifi_password = world.get("wifi_password")
        self.wifi_errors = world.get("wifi_errors", 0)
        self.dns = world.get("dns", "127.0.0.1")
        self.dns_port = int(world.get("dns_port", 53))
        self.signal_hz = int(world.get("signal_hz", 250))
        if not self.signal or world["signal"] != self.name:
            self.name = world["signal"]
            self.signal = _host.open(FOLDER + self.name, "rb")
            self.length = self.signal.seek(0, 2) // 6

    def read_signal(self, index, buffer):
        """Read sample number index (the signal is a loop) into buffer; no allocation."""
        self.signal.seek(index % self.length * 6)
        self.signal.readinto(buffer)


WORLD = World()


def log_pin(pin, value, now_ms):
    """Note that a pin got a value, for a test to read."""
    with _host.open(FOLDER + "pins.log", "a") as file:
        file.write("%d %s %s\n" % (now_ms, pin, value))
