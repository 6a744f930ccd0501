"""What Home Assistant is told of a board: valid by its documentation, and true of what is published."""

import json
import re
from pathlib import Path

import jsonschema
import pytest
from judder.server.notify.home_assistant import discovery, safe
from judder.server.services.device import Device
from judder_core.states import STATES

from tests.host.alerting import DEVICE, Board, until
from tests.host.broker import Broker, listening

ROOT = Path(__file__).parents[2]
SCHEMA = json.loads(Path(__file__).with_name("home_assistant_schema.json").read_text())
VALID = jsonschema.Draft202012Validator(SCHEMA)
STATUSES = [
    {},
    {"name": "attic fan", "place": "attic", "firmware": "judder 0.1, MicroPython 1.24.0"},
    {"name": "Lüfter 2", "commands": ["model"]},
]


def payload(device_id=DEVICE, url="", **status):
    return discovery("judder", Device(device_id, status).to_dict(0), url)


@pytest.mark.parametrize("status", STATUSES)
@pytest.mark.parametrize("device_id", [DEVICE, "ref-192.168.1.7"])
@pytest.mark.parametrize("url", ["", "http://judder.local:1337"])
def test_the_payload_is_valid(status, device_id, url):
    VALID.validate(payload(device_id, url, **status))


@pytest.mark.parametrize(
    "spoil",
    [
        lambda p: p.pop("origin"),
        lambda p: p["device"].pop("identifiers"),
        lambda p: p["components"]["state"].pop("unique_id"),
        lambda p: p["components"]["state"].update(unit_of_measurement="g"),
        lambda p: p["components"]["record"].pop("command_topic"),
        lambda p: p["components"]["alert"].update(event_types=[]),
        lambda p: p["components"]["score"].update(colour="red"),
        lambda p: p["availability"][0].update(topic="judder/+/server"),
    ],
)
def test_the_schema_refuses_what_the_documentation_does(spoil):
    spoilt = payload()
    spoil(spoilt)
    assert not VALID.is_valid(spoilt)


def test_a_device_has_state_level_score_problem_notice_alert_and_buttons():
    sensors = {"state", "level", "score", "problem", "notice", "alert"}
    assert payload()["components"].keys() == sensors | {"record", "acknowledge"}


def test_a_notice_is_no_problem():
    parts = payload()["components"]
    problems = [key for key, part in parts.items() if part.get("device_class") == "problem"]
    assert problems == ["problem"] and "device_class" not in parts["notice"]


def test_every_level_is_an_option():
    assert payload()["components"]["level"]["options"] == ["normal", "notice", "alarm"]


def test_only_a_board_that_can_recalibrate_is_offered_it():
    assert "recalibrate" in payload(commands=["model"])["components"]


@pytest.mark.parametrize("commands", [None, [], 5, "a model"])
def test_a_board_that_takes_no_models_is_not(commands):
    assert "recalibrate" not in payload(commands=commands)["components"]


def test_unique_ids_are_unique_over_boards():
    ids = [part["unique_id"] for name in ("a", "b") for part in payload(name)["components"].values()]
    assert len(ids) == len(set(ids))


def test_every_state_of_a_board_is_an_option():
    documented = re.findall(r"^\| `([a-z ]+)` \|", section("State"), re.MULTILINE)
    assert documented and set(documented) | {"offline", "learning"} == set(STATES)


def section(title):
    return (ROOT / "device" / "README.md").read_text().split(f"\n## {title}\n")[1].split("\n## ")[0]


async def test_every_topic_it_names_is_published_and_what_is_retained_stays(start_server, tmp_path):
    broker = Broker(tmp_path)
    await broker.start()
    async with listening(broker.port) as listener:
        board = Board(await start_server(mqtt_host="127.0.0.1", mqtt_port=broker.port))
        await board.report(name="attic fan", place="attic")
        await board.send(alert=True)
        await until(listener.alerts)
    async with listening(broker.port) as late:  # hears what is retained
        config = f"homeassistant/device/judder_{DEVICE}/config"
        published = json.loads(await until(lambda: late.retained.get(config)))
        VALID.validate(published)
        parts = published["components"].values()
        named = {part["state_topic"] for part in parts if "state_topic" in part}
        named |= {place["topic"] for place in published["availability"]}
        alert = published["components"]["alert"]["state_topic"]
        await until(lambda: late.retained.keys() >= named - {alert})
    assert alert in dict(listener.heard) and alert not in late.retained
    broker.kill()


async def test_a_home_assistant_that_restarts_is_told_again(start_server, tmp_path):
    broker = Broker(tmp_path)
    await broker.start()
    async with listening(broker.port) as listener:
        board = Board(await start_server(mqtt_host="127.0.0.1", mqtt_port=broker.port))
        await board.report(name="attic fan")
        config = f"homeassistant/device/judder_{DEVICE}/config"
        await until(lambda: config in listener.retained)
        await listener.client.publish("homeassistant/status", "online", qos=1)
        await until(lambda: ("homeassistant/status", "online") in listener.heard)
        await board.report(name="attic fan")
        await until(lambda: [topic for topic, _ in listener.heard].count(config) == 2)
    broker.kill()


NAMES = [
    "\u00e9",
    "\u00fc",
    "a.b",
    "a_b",
    "a/b",
    "a+b",
    "a#b",
    "server",
    "ref-1.2.3.4",
    "ref-1_2_3_4",
    "ref-fe80::1",
]


def test_no_two_boards_share_a_topic():
    assert len({safe(name) for name in [*NAMES, "\ud800", "n" * 300, "n" * 301]}) == len(NAMES) + 3


@pytest.mark.parametrize("name", [*NAMES, "\ud800", "n" * 300])
def test_a_topic_is_of_letters_digits_and_dashes_and_never_the_servers(name):
    assert re.fullmatch("[A-Za-z0-9_-]{1,81}", safe(name)) and safe(name) != "server"


@pytest.mark.parametrize("name, topic", [("020000000001", "020000000001"), ("ref-1.2.3.4", "ref-1_2_3_4")])
def test_boards_keep_the_topics_that_they_always_had(name, topic):
    assert safe(name) == topic
