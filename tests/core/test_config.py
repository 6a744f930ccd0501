import json
import re
from pathlib import Path

import pytest
from judder_core.config import PINS, SCHEMA, check_config, parse_config
from judder_core.errors import ConfigError

LEAST = {"wifi": {"ssid": "attic"}}


def test_defaults_are_filled_in():
    config = parse_config(json.dumps(LEAST))
    assert config["signal"] == {
        "sample_rate_hz": 250,
        "window_len": 256,
        "max_late_share": 0.02,
        "late_windows": "flag",
    }
    assert config[""]["task"] == "detect"


def test_every_mistake_is_listed_at_once():
    document = {**LEAST, "task": "dance", "signal": {"window_len": 1.5, "speed": 3}, "alarm": 7}
    _, mistakes = check_config(document)
    assert mistakes == [
        "task is 'dance', expected one of detect, collect, learn",
        "alarm is 7, expected an object",
        "signal.speed is no setting",
        "signal.window_len is 1.5, expected a whole number from 16 to 1024",
    ]


@pytest.mark.parametrize("server", [{}, {"host": ""}, {"host": "judder.local"}])
def test_a_server_that_is_not_named_is_looked_for(server):
    assert parse_config(json.dumps({**LEAST, "server": server}))["server"]["host"] == "judder.local"


def test_what_has_no_default_must_be_given():
    with pytest.raises(ConfigError, match=r"wifi\.ssid is missing"):
        parse_config("{}")


@pytest.mark.parametrize("text", ["", "[]", "{", "3", "[" * 100_000])
def test_no_object_is_refused(text):
    with pytest.raises(ConfigError):
        parse_config(text)


def test_the_only_setting_without_a_usable_default_is_the_network():
    _, mistakes = check_config({})
    assert len(mistakes) == 1
    assert set(SCHEMA) == {"", "wifi", "server", "sensor", "signal", "alarm"}


def test_the_example_is_a_valid_config():
    example = Path(__file__).parents[2] / "device" / "config.example.json"
    assert parse_config(example.read_text())[""]["name"] == "fan-attic"


def test_the_boards_readme_names_every_setting():
    readme = (Path(__file__).parents[2] / "device" / "README.md").read_text()
    table = readme.split("## config.json")[1].split("\n## ")[0]
    named = set(
        re.findall(
            r"`([a-z0-9_.]+)`", "\n".join(row.split("|")[1] for row in table.splitlines() if "|" in row)
        )
    )
    for section, keys in SCHEMA.items():
        for key in keys:
            assert key in named or f"{section}.{key}" in named, key


@pytest.mark.parametrize(
    "host", ["http://judder.local", "192.168.1.5:1337", "judder.local/", "judder local", 5]
)
def test_a_server_is_named_without_how_to_reach_it(host):
    config, (mistake,) = check_config({**LEAST, "server": {"host": host}})
    assert mistake == f"server.host is {host!r}, expected a name or an address without http:// or port"
    assert config["server"]["host"] == "judder.local"


@pytest.mark.parametrize("key", ["", "0" * 64, "0123456789abcdefABCDEF" + "f" * 42])
def test_a_key_is_64_hex_digits_or_none(key):
    assert parse_config(json.dumps({**LEAST, "server": {"key": key}}))["server"]["key"] == key


@pytest.mark.parametrize("key", ["5ec2e7" * 10, "5ec2e7" * 11, "5ec2e7" * 10 + "wxyz", 5, None, ["5ec2e7"]])
def test_what_is_no_key_is_refused_and_not_shown(key):
    _, (mistake,) = check_config({**LEAST, "server": {"key": key}})
    assert mistake == "server.key is no key, expected 64 hex digits, or nothing"


@pytest.mark.parametrize("tls", [1, "yes", None])
def test_tls_is_wished_for_or_not(tls):
    _, (mistake,) = check_config({**LEAST, "server": {"tls": tls}})
    assert mistake == f"server.tls is {tls!r}, expected true or false"


@pytest.mark.parametrize("host", ["httpd.lan", "192.168.1.5", "pi-4.fritz.box"])
def test_a_name_or_an_address_is_a_server(host):
    assert parse_config(json.dumps({**LEAST, "server": {"host": host}}))["server"]["host"] == host


@pytest.mark.parametrize(
    "changes, mistake",
    [
        ({"sensor": {"scl_pin": 21}}, "sensor.scl_pin is 21, and so is sensor.sda_pin"),
        ({"sensor": {"int_pin": 22}}, "sensor.int_pin is 22, and so is sensor.scl_pin"),
        ({"sensor": {"int_pin": 13}}, "alarm.led_pin is 13, and so is sensor.int_pin"),
        ({"alarm": {"led_pin": 21}}, "alarm.led_pin is 21, and so is sensor.sda_pin"),
        ({"alarm": {"buzzer_pin": 13}}, "alarm.buzzer_pin is 13, and so is alarm.led_pin"),
    ],
)
def test_a_pin_is_used_once(changes, mistake):
    config, mistakes = check_config({**LEAST, **changes})
    section, key = mistake.split(" ")[0].split(".")
    assert mistakes == [mistake] and config[section][key] is None


def test_every_pin_of_the_schema_is_looked_at():
    named = {(section, key) for section in SCHEMA for key in SCHEMA[section] if key.endswith("_pin")}
    assert len(PINS) == len(named) and set(PINS) == named


# A frame is 52 bytes and 6 a sample (the protocol, frame v1): 20 of 256 samples are 31.02 kB, 21 are 32.57.
@pytest.mark.parametrize(
    "window_len, most, right", [(256, 20, True), (256, 21, False), (1024, 5, True), (1024, 6, False)]
)
def test_no_more_windows_wait_than_a_board_has_room_for(window_len, most, right):
    document = {**LEAST, "server": {"queue_windows": most}, "signal": {"window_len": window_len}}
    config, mistakes = check_config(document)
    size_kb = most * (80 + 6 * window_len) / 1024
    assert mistakes == (
        []
        if right
        else [
            f"signal.window_len is {window_len} and server.queue_windows {most}: "
            f"{size_kb:.1f} kB of windows would wait, expected 32 at most"
        ]
    )
    assert config["server"]["queue_windows"] == (most if right else 2)


@pytest.mark.parametrize("text", ["x\n", "\r\nX: y", "\0", "\t"])
@pytest.mark.parametrize(("section", "key"), [("wifi", "password"), ("server", "token"), ("server", "host")])
def test_a_text_has_no_line_break_or_other_character_that_no_keyboard_has(section, key, text):
    document = {"wifi": {"ssid": "x"}}
    document.setdefault(section, {})[key] = text
    with pytest.raises(ConfigError, match=f"{section}.{key} is "):
        parse_config(json.dumps(document))


@pytest.mark.parametrize(
    "odd", [{"name": "n" * 100_000}, {"n" * 100_000: 1}, {"sensor": "n" * 100_000}, {"place": [["n"] * 9999]}]
)
def test_a_mistake_of_any_length_is_said_in_a_line(odd):
    with pytest.raises(ConfigError) as raised:
        parse_config(json.dumps({"wifi": {"ssid": "x"}, **odd}))
    assert len(str(raised.value)) < 200
