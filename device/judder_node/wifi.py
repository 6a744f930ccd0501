"""Keep the board on the network; nothing waits for it.

MicroPython's ports/esp32/network_wlan.c says what is done here, and why in this order. On a radio that is
off everything but active(True) raises. Any call may raise, now and then. The driver would try again by
itself, but then status() hides why it fails, and after one error of its own it never tries again: so the
board tries. connect() while the driver still tries, or is connected, is refused and does no harm.
"""

import asyncio

import network
from micropython import const

_TRY_S = const(4)  # a scan for a network that is not there takes 2.4 s, to join one that is 1 to 4
_RESTART_S = const(60)  # a radio that did not join for so long is switched off and on
_LONGEST_NAME = const(32)
_IDLE, _TRYING, _JOINED = 1000, 1001, 1010
_REFUSED = (15, 202, 204)  # a wrong password may show as any of these


class Wifi:
    """Joins config, the section "wifi", under hostname, again and again. why: what the last trouble was, a
    sentence, or None; it stays when the network is back, for the report.
    """

    def __init__(self, config, hostname):
        self._config = config
        self._name = host_name(hostname)
        self._station = None
        self.why = None

    @property
    def connected(self):
        return self._station is not None and self._station.isconnected()

    def signal_dbm(self):
        """Return the signal strength, or None where the driver does not say."""
        try:
            return self._station.status("rssi") if self.connected else None
        except (OSError, RuntimeError, ValueError):
            return None

    async def keep(self):
        """Join, and join again whenever the network is lost, for ever."""
        down_s = pause_s = 0
        while True:
            if self.connected:
                down_s = pause_s = 0
            elif pause_s <= 0:
                pause_s = 1
                try:
                    self._station = self._station or network.WLAN(network.WLAN.IF_STA)
                    if down_s >= _RESTART_S:
                        down_s = 0
                        await self._switch_off()
                    self._join()
                    pause_s = _TRY_S
                except (OSError, RuntimeError, ValueError) as error:
                    if "State" not in str(error):  # "Wifi Internal State Error": the driver still tries
                        self._tell("Wi-Fi says: %s." % error)
            await asyncio.sleep(1)
            down_s += 1
            pause_s -= 1

    async def _switch_off(self):
        _attempt(self._station.disconnect)
        self._station.active(False)
        await asyncio.sleep_ms(200)

    def _join(self):
        """Begin to join; the driver goes on."""
        station = self._station
        if station.status() not in (_IDLE, _TRYING, _JOINED):
            self._tell(_reason(station.status(), self._config["ssid"]))
        if not station.active():
            network.hostname(self._name)
            station.active(True)
            _attempt(station.config, reconnects=0)
            _attempt(station.config, pm=network.WLAN.PM_NONE)  # power saving adds 100 ms to every answer
        station.connect(self._config["ssid"], self._config["password"])

    def _tell(self, why):
        if why != self.why:
            print("wifi:", why)
            self.why = why


def host_name(name):
    """Return name as DHCP takes it: "Lüfter 3" is "L-fter-3". network.hostname() takes 32 bytes at most."""
    kept = ""
    for letter in name:
        if "0" <= letter <= "9" or "a" <= letter.lower() <= "z":
            kept += letter
        elif kept and kept[-1] != "-":
            kept += "-"
    return kept[:_LONGEST_NAME].rstrip("-") or "judder"


def _attempt(call, **options):
    """Do what is not worth giving up for."""
    try:
        call(**options)
    except (OSError, RuntimeError, ValueError):
        pass


def _reason(status, ssid):
    """Return what status(), a reason of ESP-IDF's wifi_err_reason_t, means."""
    if status == 201:
        return 'There is no network "%s".' % ssid
    if status in _REFUSED:
        return 'Network "%s" refused the password.' % ssid
    if status == 200:
        return 'Network "%s" fell silent.' % ssid
    if 210 <= status <= 212:
        return 'Network "%s" is too weak, or has other security.' % ssid
    return 'Network "%s" was not joined: reason %d.' % (ssid, status)
