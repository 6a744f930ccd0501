"""The board's Wi-Fi on a radio as strict as the ESP32's: from cold, through outages, and what it tells."""

import json

import pytest

from tests.device.board import world as world

HALF_AN_HOUR = [[0, {"wifi": True}], [60, {"wifi": False}], [1860, {"wifi": True}]]
WRONG_ORDER = """
import asyncio
import network

class Wifi:
    why = None
    def __init__(self, config, hostname):
        self._config = config
        self._station = network.WLAN(network.WLAN.IF_STA)
    @property
    def connected(self):
        return self._station.isconnected()
    async def keep(self):
        while True:
            if not self.connected:
                try:
                    self._station.disconnect()
                    self._station.active(False)
                    self._station.active(True)
                    self._station.connect(self._config["ssid"], self._config["password"])
                except OSError as error:
                    pass
            await asyncio.sleep(5)
"""
"""The order of judder_node/wifi.py until 2026-11: what a board must not do, and the fakes must punish."""


def live(world, seconds, timeline, module="judder_node.wifi"):
    """Return ([[second, joined], ...], every why) of a board that lives through timeline."""
    return json.loads(world.run("wifi.py", module, seconds, json.dumps(timeline)).splitlines()[-1])


def joined_after(seen, second):
    """Return how long after second the board was on the network again; endless where it never was."""
    return next((at - second for at, joined in seen if joined and at >= second), float("inf"))


def test_the_order_of_before_never_joins_from_cold(world):
    (world.folder / "wrong_order.py").write_text(WRONG_ORDER)
    seen, _ = live(world, 3600, [], "wrong_order")
    assert seen == [[0, False]]


def test_a_cold_board_is_on_the_network_within_10_s(world):
    seen, said = live(world, 30, [])
    assert joined_after(seen, 0) < 10 and said == [None]


@pytest.mark.parametrize("errors", [0, 0.05, 0.2])
def test_the_access_point_gone_for_half_an_hour_is_joined_within_15_s_of_its_return(world, errors):
    timeline = [[0, {"wifi_errors": errors}], *HALF_AN_HOUR]
    seen, said = live(world, 1900, timeline)
    assert joined_after(seen, 1860) < 15
    assert 'There is no network "attic".' in said


@pytest.mark.parametrize("back", range(600, 664, 4))
def test_an_access_point_is_joined_within_15_s_whenever_it_comes_back(world, back):
    seen, _ = live(world, back + 20, [[0, {"wifi": False}], [back, {"wifi": True}]])
    assert joined_after(seen, back) < 15


def test_a_wrong_password_is_said_and_once_it_is_right_the_board_joins_within_15_s(world):
    seen, said = live(world, 400, [[0, {"wifi_password": "other"}], [330, {"wifi_password": "right"}]])
    assert 'Network "attic" refused the password.' in said and seen[0] == [0, False]
    assert joined_after(seen, 330) < 15 and len(seen) == 2


def test_a_radio_that_fails_in_most_calls_is_joined_in_the_end(world):
    seen, said = live(world, 900, [[0, {"wifi_errors": 0.6}]])
    assert joined_after(seen, 0) < 900 and any("Wifi" in why for why in said if why)


def test_what_the_last_trouble_was_can_still_be_told_once_the_network_is_back(world):
    _, said = live(world, 100, [[0, {"wifi": False}], [50, {"wifi": True}]])
    assert said[-1] == 'There is no network "attic".'


def test_a_network_that_falls_silent_is_said_to(world):
    _, said = live(world, 100, [[50, {"wifi": False}], [58, {"wifi": True}]])
    assert 'Network "attic" fell silent.' in said


def host_name(world, *names):
    script = f"from judder_node.hostname import host_name\nfor n in {names!r}: print(host_name(n))"
    return world.run(script).splitlines()


def test_a_name_becomes_what_dhcp_takes(world):
    names = [
        "fan",
        "Lüfter 3",
        "風扇",
        "-",
        "",
        "a" * 31 + "-b",
        "ä" * 39,
        "Halle 4 / Presse (links) _ unten_",
    ]
    assert host_name(world, *names) == [
        "fan",
        "L-fter-3",
        "judder",
        "judder",
        "judder",
        "a" * 31,
        "judder",
        "Halle-4-Presse-links-unten",
    ]
