"""Boards, recordings, models and alerts are deleted and renamed over HTTP; what is in use is not."""

import time

import pytest
from judder.data.loading import load_recordings
from judder.errors import JudderError
from judder.server.api.keys import RETENTION

from tests.host.alerting import DEVICE, Board


@pytest.fixture
def clock():
    class Clock:
        now_s = time.time()

        def __call__(self):
            return self.now_s

    return Clock()


async def names(server):
    return [board["device_id"] for board in (await server.client.get("/api/v1/devices"))["devices"]]


async def test_a_board_that_is_online_is_not_deleted(server):
    await server.send()
    status, answer = await server.ask("DELETE", f"/api/v1/devices/{DEVICE}")
    assert (status, answer["error"]) == (409, f"Board {DEVICE} is online.")
    assert await names(server) == [DEVICE]


async def test_a_board_is_deleted_with_its_alerts_for_good(start_server, clock):
    server = await start_server(clock)
    await Board(server).send(alert=True)
    await Board(server).report(name="attic")
    clock.now_s += 60
    assert (await server.ask("DELETE", f"/api/v1/devices/{DEVICE}"))[0] == 200
    assert await names(server) == [] and (await server.client.get("/api/v1/alerts"))["alerts"] == []
    await server.stop()
    again = await start_server(clock)
    assert await names(again) == []


async def test_a_board_that_was_deleted_may_come_back(start_server, clock):
    server = await start_server(clock)
    await server.send(seq=1)
    clock.now_s += 60
    await server.ask("DELETE", f"/api/v1/devices/{DEVICE}")
    clock.now_s += 1
    await server.send(seq=2)
    assert await names(server) == [DEVICE]


async def test_a_board_is_called_what_it_is_named_here_after_a_restart_too(start_server):
    server = await start_server()
    await Board(server).report(name="by its config")
    status, board = await server.ask("PUT", f"/api/v1/devices/{DEVICE}/name", json={"name": "attic fan"})
    assert (status, board["label"], board["status"]["name"]) == (200, "attic fan", "by its config")
    await server.stop()
    again = await start_server()
    (board,) = (await again.client.get("/api/v1/devices"))["devices"]
    assert board["label"] == "attic fan"


@pytest.mark.parametrize("name", ["", " ", "a\nb", 5, ["a"], "x" * 81])
async def test_a_name_that_is_none_is_refused(server, name):
    await server.send()
    status, _ = await server.ask("PUT", f"/api/v1/devices/{DEVICE}/name", json={"name": name})
    assert status == 400


async def recorded(server, n=2):
    started = await server.client.post("/api/v1/recordings", {"condition": "normal", "windows": n})
    for seq in range(n):
        await server.send(seq=seq)
    return started["id"]


async def test_a_running_recording_is_not_deleted(server):
    number = (await server.client.post("/api/v1/recordings", {"condition": "normal"}))["id"]
    assert (await server.ask("DELETE", f"/api/v1/recordings/{number}"))[0] == 409


async def test_a_deleted_recording_is_trained_on_by_nobody_and_may_be_taken_back(server, tmp_path):
    number = await recorded(server)
    assert (await server.ask("DELETE", f"/api/v1/recordings/{number}"))[1]["state"] == "trash"
    with pytest.raises(JudderError, match="holds no recordings"):
        load_recordings(tmp_path / "data")
    status, taken_back = await server.ask("PATCH", f"/api/v1/recordings/{number}", json={"state": "stopped"})
    assert (status, taken_back["state"], taken_back["trashed_us"]) == (200, "done", None)
    (found,) = load_recordings(tmp_path / "data")
    assert len(found.segments) == 2


async def test_a_recording_in_the_trash_is_changed_by_nothing_else(server):
    number = await recorded(server)
    await server.ask("DELETE", f"/api/v1/recordings/{number}")
    for change in ({"pose": "upright"}, {"state": "running"}):
        assert (await server.ask("PATCH", f"/api/v1/recordings/{number}", json=change))[0] == 409


async def test_a_recording_that_is_deleted_twice_is_gone(server):
    number = await recorded(server)
    for _ in "12":
        await server.ask("DELETE", f"/api/v1/recordings/{number}")
    retention = server.app[RETENTION]
    while await retention.step():
        pass
    assert (await server.client.get("/api/v1/recordings"))["recordings"] == []
    assert await server.stored() == []


async def test_a_recording_is_renamed(server, tmp_path):
    number = await recorded(server)
    status, changed = await server.ask(
        "PATCH", f"/api/v1/recordings/{number}", json={"condition": "low/normal"}
    )
    assert (status, changed["condition"]) == (200, "low/normal")
    (found,) = load_recordings(tmp_path / "data")
    assert found.condition == "low/normal"


async def test_an_alert_that_is_on_is_not_deleted_and_one_that_is_over_is(server):
    board = Board(server)
    await board.send(alert=True)
    (alert,) = (await server.client.get("/api/v1/alerts"))["alerts"]
    assert (await server.ask("DELETE", f"/api/v1/alerts/{alert['id']}"))[0] == 409
    await board.send(alert=False)
    assert (await server.ask("DELETE", f"/api/v1/alerts/{alert['id']}"))[0] == 200
    assert (await server.client.get("/api/v1/alerts"))["alerts"] == []
    assert (await server.ask("DELETE", f"/api/v1/alerts/{alert['id']}"))[0] == 404


async def kept(server, data):
    _, answer = await server.ask("POST", "/api/v1/models", data=data)
    return answer["model_id"]


async def listed(server):
    return [model["model_id"] for model in (await server.client.get("/api/v1/models"))["models"]]


async def test_a_model_is_deleted_and_its_file(server, model_data, tmp_path):
    model_id = await kept(server, model_data)
    assert (await server.ask("DELETE", f"/api/v1/models/{model_id}"))[0] == 200
    assert await listed(server) == [] and list((tmp_path / "data" / "models").glob("*.json")) == []


async def test_a_model_in_service_is_not_deleted(server, model_data):
    model_id = await kept(server, model_data)
    await server.ask("PATCH", f"/api/v1/models/{model_id}", json={"in_service": True})
    assert (await server.ask("DELETE", f"/api/v1/models/{model_id}"))[0] == 409
    assert await listed(server) == [model_id]


async def test_a_model_that_a_board_runs_is_not_deleted(server, model_data):
    model_id = await kept(server, model_data)
    await Board(server).report(name="attic", model_id=model_id)
    status, answer = await server.ask("DELETE", f"/api/v1/models/{model_id}")
    assert status == 409 and "attic" in answer["error"]


async def test_sums_of_a_board_are_told_with_their_median(start_server, clock):
    clock.now_s = 1_800_000_000.0
    server = await start_server(clock)
    await Board(server).at("normal", "notice")
    clock.now_s += 7200
    retention = server.app[RETENTION]
    while await retention.step():
        pass
    answer = await server.client.get(f"/api/v1/devices/{DEVICE}/sums")
    (hour,), (day,) = answer["hours"], answer["days"]
    assert (hour["windows"], hour["notices"], day["windows"], hour["median"]) == (2, 1, 2, None)
