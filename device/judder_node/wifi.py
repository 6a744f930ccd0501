"""Keep the board on the network; nothing waits for it.

MicroPython's ports/esp32/network_wlan.c says what is done here, and why in this order. On a radio that is
off everything but active(True) raises. Any call may raise, now and then. The driver would try again by
itself, but then status() hides why it fails, and after one error of its own it never tries again: so the
board tries. connect() while the driver still tries, or is connected, is refused and does no harm.
"""

import asyncio

import network
from micropython import const

from . import forget

_TRY_S = const(4)  # a scan for a network that is not there takes 2.4 s, to join one that is 1 to 4
_RESTART_S = const(60)  # a radio that did not join for so long is switched off and on
_NO_REASON = const(1000)  # from here on status() is no trouble


class Wifi:
    """Joins config, the section "wifi", under hostname, again and again. why: what the last trouble was, a
    sentence, or None; it stays when the network is back, for the report. connected: a second ago.
    """

    def __init__(self, config, hostname):
        from .hostname import host_name

        self._config = config
        self._name = host_name(hostname)
        self._station = None
        self.connected = False
        self.why = None
        forget("judder_node.hostname")

    def signal_dbm(self):
        """Return the signal strength, or None where the driver does not say."""
        try:
            return self._station.status("rssi") if self._station.isconnected() else None
        except (OSError, RuntimeError, ValueError, AttributeError):  # there is no station yet
            return None

    async def keep(self):
        """Join, and join again whenever the network is lost, for ever."""
        down_s = pause_s = 0
        while True:
            self.connected = self._station is not None and self._station.isconnected()
            if self.connected:
                down_s = pause_s = 0
            elif pause_s <= 0:
                pause_s = 1
                try:
                    if down_s >= _RESTART_S and self._station:
                        down_s = 0
                        self._station.active(False)
                        await asyncio.sleep_ms(200)
                    self._join()
                    pause_s = _TRY_S
                except (OSError, RuntimeError, ValueError) as error:
                    if "State" not in str(error):  # "Wifi Internal State Error": the driver still tries
                        self._tell("Wi-Fi says: %s." % error)
            await asyncio.sleep(1)
            down_s += 1
            pause_s -= 1

    def _join(self):
        """Begin to join; the driver goes on."""
        station = self._station = self._station or network.WLAN(network.WLAN.IF_STA)
        if station.isconnected():  # it was left so by a fetch before
            return
        status = station.status()
        if status < _NO_REASON:
            self._tell(_reason(status, self._config["ssid"]))
        if not station.active():
            network.hostname(self._name)
            station.active(True)
        try:  # not worth giving up for; power saving adds 100 ms to every answer
            station.config(reconnects=0, pm=network.WLAN.PM_NONE)
        except (OSError, RuntimeError, ValueError):
            pass
        station.connect(self._config["ssid"], self._config["password"])

    def _tell(self, why):
        if why != self.why:
            print("wifi:", why)
            self.why = why


def _reason(status, ssid):
    """Return what status(), a reason of ESP-IDF's wifi_err_reason_t, means."""
    if status == 201:
        return 'There is no network "%s".' % ssid
    if status in (15, 202, 204):
        why = "refused the password"  # a wrong one may show as any of these
    elif status == 200:
        why = "fell silent"
    elif 210 <= status <= 212:
        why = "is too weak, or has other security"
    else:
        why = "was not joined: reason %d" % status
    return 'Network "%s" %s.' % (ssid, why)
