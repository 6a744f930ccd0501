"""Boards and alerts on a real Mosquitto: what is published, commands, and a broker that is killed."""

import asyncio
import json
import signal

import pytest
from judder.cli.app import app
from judder.server.api.keys import CLOCK_US, DEVICES, STORE, TASKS
from judder.server.notify import mqtt, mqtt_boards, outbox
from judder.server.notify.message import Message
from typer.testing import CliRunner

from tests.host.alerting import DEVICE, Board, until
from tests.host.broker import Broker, listening

TOPIC = f"judder/{DEVICE}"


@pytest.fixture(autouse=True)
def impatient(monkeypatch):
    monkeypatch.setattr(outbox, "FIRST_PAUSE_S", 0.05)
    monkeypatch.setattr(outbox, "LOOK_EVERY_S", 0.05)
    monkeypatch.setattr(mqtt, "RETRY_S", 0.1)
    monkeypatch.setattr(mqtt_boards, "STATE_EVERY_S", 0.0)
    monkeypatch.setattr(mqtt_boards, "GATHER_S", 0.02)


@pytest.fixture
async def broker(tmp_path):
    broker = Broker(tmp_path)
    await broker.start()
    yield broker
    broker.kill()


@pytest.fixture
async def start_board(start_server, broker):
    """Return a function that starts a server that knows the broker, and returns it and a board of its."""

    async def start(**settings):
        server = await start_server(mqtt_host="127.0.0.1", mqtt_port=broker.port, **settings)
        return server, Board(server)

    return start


async def heard(listener, topic, value):
    """Wait until topic holds value."""
    await until(lambda: listener.retained.get(topic) == value)


def state(listener):
    return json.loads(listener.retained.get(f"{TOPIC}/state", "{}"))


async def test_a_boards_state_and_problem_are_published(start_board, broker):
    async with listening(broker.port) as listener:
        _, board = await start_board()
        await board.report(name="attic fan")
        await board.send(alert=False)
        await until(lambda: state(listener).get("problem") == "OFF")
        await board.send(alert=True)
        await until(lambda: (state(listener)["state"], state(listener)["problem"]) == ("alarm", "ON"))
        await heard(listener, f"{TOPIC}/available", "online")


async def test_a_notice_is_published_and_is_no_problem(start_board, broker):
    async with listening(broker.port) as listener:
        _, board = await start_board()
        await board.report(state="normal", model_id="fan-1")
        said = []
        for level in ("normal", "notice", "alarm"):
            await board.at(level)
            await until(lambda level=level: state(listener).get("level") == level)
            said.append((state(listener)["state"], state(listener)["notice"], state(listener)["problem"]))
    assert said == [("normal", "OFF", "OFF"), ("notice", "ON", "OFF"), ("alarm", "ON", "ON")]


async def test_a_notice_and_the_alarm_it_rises_to_arrive_as_events(start_board, broker):
    async with listening(broker.port) as listener:
        _, board = await start_board(alert_cooldown_s=0)
        await board.at("notice")
        await until(lambda: len(listener.alerts()) == 1)
        await board.at("alarm", "normal")
        await until(lambda: listener.alerts()[-1][0] == "recovered")
    assert [kind for kind, _ in listener.alerts()] == ["notice", "alert", "recovered"]


async def test_the_score_is_in_thresholds(start_board, broker, model_data, noisy_windows, tmp_path):
    (tmp_path / "fan.judder.json").write_bytes(model_data)
    async with listening(broker.port) as listener:
        server, _ = await start_board(model=tmp_path / "fan.judder.json")
        for body in noisy_windows(8, flags=16):
            answer = await server.client.send("/api/v1/windows", body, "application/vnd.judder.window")
        expected = round(answer["combined_score"] / answer["combined_threshold"], 3)
        await until(lambda: state(listener).get("score") == expected)


async def test_an_alert_and_its_end_arrive_as_events(start_board, broker):
    async with listening(broker.port) as listener:
        _, board = await start_board(alert_cooldown_s=0)
        for alert in (True, True, False):
            await board.send(alert)
        await until(lambda: len(listener.alerts()) == 2)
    assert [kind for kind, _ in listener.alerts()] == ["alert", "recovered"]


async def test_alerts_of_the_time_a_killed_broker_was_away_arrive_once(start_board, broker, monkeypatch):
    monkeypatch.setattr(mqtt, "RETRY_S", 2.0)  # who listens is there before the server is
    async with listening(broker.port) as before:
        _, board = await start_board(alert_cooldown_s=0)
        await heard(before, "judder/server", "online")
    broker.kill()
    for _ in range(3):
        await board.send(alert=True)
        await board.send(alert=False)
    await broker.start()
    async with listening(broker.port) as listener:
        await until(lambda: len(listener.alerts()) >= 2)
        await board.send(alert=True)
        await until(lambda: listener.alerts()[-1][0] == "alert")
    keys = [key for _, key in listener.alerts()]
    assert len(keys) == len(set(keys))


async def test_a_broker_that_comes_late_hears_of_every_board(start_board, broker):
    broker.kill()
    _, board = await start_board()
    await board.report(name="attic fan")
    await broker.start()
    async with listening(broker.port) as listener:
        await heard(listener, "judder/server", "online")
        await until(lambda: f"homeassistant/device/judder_{DEVICE}/config" in listener.retained)


async def test_a_server_that_stops_says_so(start_board, broker):
    async with listening(broker.port) as listener:
        server, _ = await start_board()
        await heard(listener, "judder/server", "online")
        await server.stop()
        await heard(listener, "judder/server", "offline")


@pytest.mark.parametrize("ending", [signal.SIGKILL, signal.SIGSTOP], ids=["dead", "frozen"])
async def test_a_server_stops_though_its_broker_is_gone(start_board, broker, ending):
    async with listening(broker.port) as listener:
        server, _ = await start_board()
        await heard(listener, "judder/server", "online")
    broker.send(ending)
    await asyncio.wait_for(server.stop(), 15)


async def test_a_server_that_dies_is_offline_by_its_last_will(start_board, broker, monkeypatch, tmp_path):
    from tests.host.test_serve_process import serving

    monkeypatch.setenv("JUDDER_MQTT_HOST", "127.0.0.1")
    monkeypatch.setenv("JUDDER_MQTT_PORT", str(broker.port))
    async with listening(broker.port) as listener:
        with serving(tmp_path / "house") as (_, process):
            await heard(listener, "judder/server", "online")
            process.kill()
            await heard(listener, "judder/server", "offline")


async def test_pressing_record_records_that_board(start_board, broker):
    async with listening(broker.port) as listener:
        server, board = await start_board()
        await board.send(alert=False)
        await until(lambda: f"{TOPIC}/state" in listener.retained)
        await listener.client.publish(f"{TOPIC}/record", "PRESS", qos=1)
        rows = []
        while not rows:
            rows = (await server.client.get("/api/v1/recordings"))["recordings"]
    assert (rows[0]["condition"], rows[0]["device"], rows[0]["wanted"]) == ("normal", DEVICE, 200)


async def test_what_mqtt_changes_is_noted_in_the_audit_list(start_board, broker):
    async with listening(broker.port) as listener:
        server, board = await start_board()
        await board.send(alert=False)
        await until(lambda: f"{TOPIC}/state" in listener.retained)
        await listener.client.publish(f"{TOPIC}/record", '{"windows": 7}', qos=1)
        notes = []
        while not notes:
            notes = (await server.client.get("/api/v1/audit"))["audit"]
    assert [(n["who"], n["what"], n["about"]) for n in notes] == [("MQTT", "record", f"{DEVICE}, windows 7")]


async def test_a_recording_can_be_named_and_counted(start_board, broker):
    async with listening(broker.port) as listener:
        server, board = await start_board()
        await board.send(alert=False)
        await until(lambda: f"{TOPIC}/state" in listener.retained)
        await listener.client.publish(f"{TOPIC}/record", '{"condition": "low/normal", "windows": 7}', qos=1)
        rows = []
        while not rows:
            rows = (await server.client.get("/api/v1/recordings"))["recordings"]
    assert (rows[0]["condition"], rows[0]["wanted"]) == ("low/normal", 7)


@pytest.mark.parametrize(
    "wish", ['{"windows": "many"}', '{"condition": ["x"]}', "{", "[]", '{"windows": -1}']
)
async def test_a_wrong_command_stops_nothing(start_board, broker, wish):
    async with listening(broker.port) as listener:
        _, board = await start_board()
        await board.send(alert=False)
        await until(lambda: f"{TOPIC}/state" in listener.retained)
        for topic in (f"{TOPIC}/record", "judder/nobody/record", f"{TOPIC}/recalibrate"):
            await listener.client.publish(topic, wish, qos=1)
        await board.send(alert=True)
        await until(listener.alerts)


async def test_acknowledge_is_noted_with_the_alert(start_board, broker):
    async with listening(broker.port) as listener:
        server, board = await start_board()
        await board.send(alert=True)
        await until(lambda: state(listener).get("problem") == "ON")
        await listener.client.publish(f"{TOPIC}/acknowledge", "PRESS", qos=1)
        seen = None
        while not seen:
            seen = (await server.client.get("/api/v1/alerts"))["alerts"][0]["acknowledged_us"]


async def test_recalibrate_lets_a_board_learn(start_board, broker):
    async with listening(broker.port) as listener:
        server, board = await start_board()
        await board.report(commands=["model"])
        await until(lambda: f"{TOPIC}/state" in listener.retained)
        await listener.client.publish(f"{TOPIC}/recalibrate", '{"windows": 90}', qos=1)
        device = {"learning": None}
        while not device["learning"]:
            (device,) = (await server.client.get("/api/v1/devices"))["devices"]
        (recording,) = (await server.client.get("/api/v1/recordings"))["recordings"]
    assert (device["learning"]["state"], recording["wanted"]) == ("recording", 90)


@pytest.mark.parametrize("trusted", [True, False])
async def test_a_broker_with_tls_is_believed_only_with_its_certificate(
    tmp_path, monkeypatch, certificate, trusted
):
    broker = Broker(tmp_path, f"certfile {certificate[0]}", f"keyfile {certificate[1]}")
    await broker.start()
    settings = {"MQTT_HOST": "127.0.0.1", "MQTT_PORT": str(broker.port), "MQTT_TLS": "true"}
    for name, value in {**settings, **({"CA_FILE": str(certificate[0])} if trusted else {})}.items():
        monkeypatch.setenv(f"JUDDER_{name}", value)
    monkeypatch.chdir(tmp_path)
    result = await asyncio.to_thread(CliRunner().invoke, app, ["alerts", "test"])
    broker.kill()
    assert result.exit_code == (0 if trusted else 1), result.stdout


async def test_a_test_message_reaches_the_broker_without_a_server(broker, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("JUDDER_MQTT_HOST", "127.0.0.1")
    monkeypatch.setenv("JUDDER_MQTT_PORT", str(broker.port))
    async with listening(broker.port) as listener:
        result = await asyncio.to_thread(CliRunner().invoke, app, ["alerts", "test"])
        await until(listener.alerts)
    assert result.exit_code == 0 and "mqtt: delivered" in result.stdout
    assert "judder/server" not in listener.retained  # the server that may be running is not said to be gone


async def test_a_broker_that_is_not_there_is_said_with_a_hint(broker, monkeypatch, tmp_path):
    broker.kill()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("JUDDER_MQTT_HOST", "127.0.0.1")
    monkeypatch.setenv("JUDDER_MQTT_PORT", str(broker.port))
    result = await asyncio.to_thread(CliRunner().invoke, app, ["alerts", "test"])
    assert result.exit_code == 1 and "took no message" in result.stdout and "hint:" in result.stdout


async def test_boards_whose_names_look_alike_have_topics_of_their_own(start_board, broker):
    async with listening(broker.port) as listener:
        server, _ = await start_board()
        for name in ("\u00e9", "\u00fc"):
            device = server.app[DEVICES].get(name)
            device.hear(server.app[CLOCK_US]())
            server.app[DEVICES].show(device, server.app[CLOCK_US]())
        await until(lambda: len([t for t in listener.retained if t.endswith("/available")]) == 2)


async def test_a_board_that_cannot_be_shown_keeps_no_other_from_it(start_board, broker, monkeypatch):
    described = mqtt_boards.discovery

    def odd(prefix, board, url):
        if board["device_id"] == "odd":
            raise ValueError("odd")
        return described(prefix, board, url)

    monkeypatch.setattr(mqtt_boards, "discovery", odd)
    async with listening(broker.port) as listener:
        server, board = await start_board()
        server.app[DEVICES].get("odd")
        await board.report(name="attic fan")
        await heard(listener, f"{TOPIC}/available", "online")
    assert server.app[TASKS].restarts == 0


async def test_an_odd_name_of_before_arrives_as_an_alert(start_board, broker):
    async with listening(broker.port) as listener:
        server, _ = await start_board()
        message = Message("key", "alert", 2**63 - 1, DEVICE, name="fan\r\n\ud800", started_us=2**63 - 1)
        await server.app[STORE].write(lambda unit: unit.outbox.post("key", ["mqtt"], message.to_json(), 1))
        assert await until(listener.alerts) == [("alert", "key")]


async def test_a_problem_of_the_server_has_the_servers_topic(start_board, broker):
    async with listening(broker.port) as listener:
        server, _ = await start_board()
        message = Message("key", "problem", 1, problem="disk", sentences=("full",))
        await server.app[STORE].write(lambda unit: unit.outbox.post("key", ["mqtt"], message.to_json(), 1))
        await until(listener.alerts)
    ((topic, payload),) = [heard for heard in listener.heard if heard[0].endswith("/alert")]
    body = json.loads(payload)
    assert (topic, body["event_type"], body["sentences"]) == ("judder/server/alert", "problem", ["full"])
