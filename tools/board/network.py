"""The `network` module of a virtual board: Wi-Fi that is there or not, as the world says."""

import time

from world import WORLD


def hostname(name=None):
    return name


class WLAN:
    IF_STA = 0
    PM_NONE = 0

    def __init__(self, interface=0):
        self._wanted = False

    def active(self, on=None):
        if on is False:
            self._wanted = False
        return True

    def config(self, *names, **values):
        return None

    def connect(self, ssid, password=None):
        self._wanted = True

    def disconnect(self):
        self._wanted = False

    def isconnected(self):
        WORLD.refresh(time.ticks_us())  # asked every few seconds, while no sensor ticks too
        return self._wanted and WORLD.wifi

    def status(self, name=None):
        return -55 if name == "rssi" else 1010
