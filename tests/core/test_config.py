import json
import re
from pathlib import Path

import pytest
from judder_core.config import SCHEMA, check_config, parse_config
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
