"""The `network` module of a virtual board: an ESP32's Wi-Fi, as unkind as its port.

Read from MicroPython's ports/esp32/network_wlan.c (WLAN), network_common.c (esp_exceptions_helper, ifconfig),
modnetwork.h (STAT_*) and extmod/modnetwork.c (hostname); what esp_wifi_* refuse in which state is ESP-IDF's
esp_wifi.h. One interface is there, the station.
"""

import time

from radio import RADIO, fails
from world import WORLD

STAT_IDLE, STAT_CONNECTING, STAT_GOT_IP = 1000, 1001, 1010

_HOSTNAME_MAX_LEN = 32
_START_US, _SCAN_US = 120000, 2400000
# What network_wlan_status() names even while the driver tries; 205 it calls 202.
_NAMED = (201, 202, 205, 210, 211, 212)

_hostname = "mpy-esp32"
_address = ("0.0.0.0", "0.0.0.0", "0.0.0.0", "0.0.0.0")


def hostname(name=None):
    """mod_network_hostname(): bytes are counted, not letters."""
    global _hostname
    if name is None:
        return _hostname
    if len(name.encode()) > _HOSTNAME_MAX_LEN:
        raise ValueError()
    _hostname = name
    return None


def _esp(error=None):
    """esp_exceptions(): raise error, where there is one, or what the driver fails with now and then."""
    if error:
        raise OSError("Wifi " + error)
    if fails():
        if RADIO.tries & 1:
            raise RuntimeError("Wifi Unknown Error 0x0101")
        raise OSError("Wifi Internal Error")


def _started():
    RADIO.catch_up()
    _esp(None if RADIO.started else "Not Started")


class WLAN:
    """network_wlan_make_new(): the first initialises the driver, which may fail; all are the same radio."""

    IF_STA, IF_AP = 0, 1
    PM_NONE, PM_PERFORMANCE, PM_POWERSAVE = 0, 1, 2

    def __init__(self, interface=IF_STA):
        if interface not in (self.IF_STA, self.IF_AP):
            raise ValueError("invalid WLAN interface identifier")
        if not RADIO.initialised:
            _esp()
            RADIO.initialised = True

    def active(self, on=None):
        RADIO.catch_up()
        if on is not None and bool(on) != RADIO.started:
            _esp()
            time.block(_START_US)
            RADIO.start(bool(on))
        return RADIO.started

    def connect(self, ssid=None, key=None, bssid=None):
        """esp_wifi_set_config() is refused while the driver tries, esp_wifi_connect() while connected."""
        RADIO.catch_up()
        if ssid is not None:
            _esp("Internal State Error" if RADIO.trying else None)
            RADIO.password = key
        _esp()  # esp_netif_set_hostname()
        RADIO.tries = 0
        _started()
        _esp("Internal Error" if RADIO.connected or RADIO.trying else None)
        RADIO.connect()
        RADIO.requested = True

    def disconnect(self):
        RADIO.requested = False
        _started()
        RADIO.disconnect()

    def isconnected(self):
        RADIO.catch_up()
        return RADIO.connected

    def status(self, what=None):
        if what == "rssi":
            _started()
            _esp(None if RADIO.connected else "Not Connected")
            return -55
        if what is not None:
            raise ValueError("unknown status param")
        RADIO.catch_up()
        if RADIO.connected:
            return STAT_GOT_IP
        if RADIO.reason in _NAMED:
            return 202 if RADIO.reason == 205 else RADIO.reason
        if RADIO.reason == 8:
            return STAT_IDLE
        if RADIO.requested and (not RADIO.most_tries or RADIO.tries < RADIO.most_tries):
            return STAT_CONNECTING
        return RADIO.reason or STAT_IDLE

    def config(self, what=None, **values):
        """Each key needs a radio that is on; esp_wifi_set_config() at the end, one that does not try."""
        if what is not None and values:
            raise TypeError("either pos or kw args are allowed")
        _started()
        if what is not None:
            return self._get(what)
        for key, value in values.items():
            if key == "reconnects":
                RADIO.most_tries = (value + 1) & 0xFF
            elif key == "pm":
                _esp()
            elif key == "hostname":
                hostname(value)
            else:
                raise ValueError("unknown config param")
        _esp("Internal State Error" if RADIO.trying else None)
        return None

    def _get(self, what):
        if what == "mac":
            return bytes([int(WORLD.device_id[k : k + 2], 16) for k in range(0, 12, 2)])
        if what == "reconnects":
            return RADIO.most_tries - 1
        if what == "hostname":
            return _hostname
        raise ValueError("unknown config param")

    def scan(self):
        """Blocks. While the driver tries, esp_wifi_scan_start() fails; the port returns an empty list."""
        RADIO.catch_up()
        if not RADIO.started:
            raise OSError("STA must be active")
        if RADIO.trying:
            return []
        time.block(_SCAN_US)
        RADIO.catch_up()
        return [(b"x", b"\2\0\0\0\0\1", 6, -55, 3, False)] if WORLD.wifi else []

    def ifconfig(self):
        """An address that was there stays where the network is lost, for two minutes and more."""
        global _address
        if self.isconnected():
            _address = ("192.168.4.2", "255.255.255.0", "192.168.4.1", WORLD.dns)
        return _address
