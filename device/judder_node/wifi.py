"""Keep the board on the network; nothing waits for it."""

import asyncio

import network

_GIVE_UP_S = 60


class Wifi:
    """Connects to config, the section "wifi", under hostname, again and again."""

    def __init__(self, config, hostname):
        self._config = config
        network.hostname(hostname)
        self._station = network.WLAN(network.WLAN.IF_STA)

    @property
    def connected(self):
        return self._station.isconnected()

    def signal_dbm(self):
        """Return the signal strength, or None where the driver does not say."""
        try:
            return self._station.status("rssi")
        except (OSError, ValueError, TypeError):
            return None

    async def keep(self):
        """The ESP32 driver reconnects by itself; a radio down for a minute is switched off and on."""
        down_s = _GIVE_UP_S  # connect at once
        while True:
            if self._station.isconnected():
                down_s = 0
            elif down_s >= _GIVE_UP_S:
                await self._connect()
                down_s = 0
            await asyncio.sleep(5)
            down_s += 5

    async def _connect(self):
        station = self._station
        try:
            station.disconnect()
            station.active(False)
            await asyncio.sleep_ms(200)
            station.active(True)
            station.config(pm=station.PM_NONE)  # power saving adds 100 ms to every answer
            station.connect(self._config["ssid"], self._config["password"])
        except OSError as error:  # "Wifi Internal Error": the next round tries again
            print("wifi:", error)
