"""Learning, as a server sees it: recorded, trained, ordered, and what a board says to that."""

import asyncio
import hashlib
import json
import multiprocessing
from array import array
from pathlib import Path

import pytest
from judder.cli.learn import choose
from judder.errors import JudderError
from judder.server.api.keys import EVENTS
from judder.server.services import learning as services
from judder_core import wire
from judder_core.window import FLAG_ALERT, FLAG_LOCAL_SCORE, FLAG_LOST, Window

from tests.host.alerting import ALERT, DEVICE

OF_BEFORE = Path(__file__).parents[1] / "data" / "fan-3bbd05be.judder.json"
WINDOWS = 80
LEARN = f"/api/v1/devices/{DEVICE}/learn"
ABLE = {"commands": ["model"], "boot_id": 1, "window_len": 64, "nominal_rate_hz": 250.0, "name": "Attic fan"}


class Board:
    """Reports to a server and sends it windows of a noisy machine."""

    def __init__(self, server, frames):
        self.server = server
        self._frames = frames

    async def report(self, **changes):
        """Return the commands that the answer carries."""
        status = {**ABLE, **changes}
        _, answer = await self.server.ask("POST", f"/api/v1/devices/{DEVICE}/status", json=status)
        return answer["commands"]

    async def send(self, n):
        for _ in range(n):
            await self.server.client.send("/api/v1/windows", next(self._frames), wire.CONTENT_TYPE)

    async def learn(self, windows=WINDOWS):
        return await self.server.ask("POST", LEARN, json={"windows": windows})

    async def seen(self):
        (device,) = (await self.server.client.get("/api/v1/devices"))["devices"]
        return device

    async def reach(self, *states):
        async with asyncio.timeout(60):
            while (device := await self.seen())["learning"]["state"] not in states:
                await asyncio.sleep(0.1)
        return device["learning"]


@pytest.fixture
async def board(server, noisy_windows):
    board = Board(server, noisy_windows(1000))
    await board.report()
    return board


async def test_a_board_learns_and_is_told_until_it_runs_what_was_learned(board):
    status, learning = await board.learn()
    assert (status, learning["state"]) == (200, "recording") and (await board.seen())["state"] == "learning"
    await board.send(WINDOWS)
    learning = await board.reach("delivering")
    order = {"model": learning["model_id"]}
    assert learning["model_id"].startswith("Attic-fan-")
    assert [await board.report(), await board.report()] == [[order], [order]]
    assert await board.report(boot_id=2, model_id=learning["model_id"]) == []
    assert (await board.reach("done"))["error"] is None and (await board.seen())["order"]["done"]
    assert await board.report(boot_id=3, model_id="another-00000000") == []


async def test_the_steps_of_its_training_are_told(board, server):
    with server.app[EVENTS].subscribe("board") as events:
        await board.learn()
        await board.send(WINDOWS)
        assert (await board.reach("delivering"))["doing"] is None
        told = [event.data["learning"]["doing"] for event in await events.take()]
    assert [step for step in dict.fromkeys(told) if step] == [
        "reading",
        "measuring",
        "fitting",
        "calibrating",
    ]


async def test_a_training_that_is_killed_is_tried_again(board, monkeypatch):
    monkeypatch.setattr(services, "RETRY_S", 0.1)
    await board.learn()
    await board.send(WINDOWS)
    async with asyncio.timeout(60):
        while not (workers := multiprocessing.active_children()):
            await asyncio.sleep(0.01)
    workers[0].kill()
    assert (await board.reach("delivering", "failed"))["error"] is None


async def test_what_is_ordered_can_be_fetched_and_has_the_hash_in_its_name(board, server):
    await board.learn()
    await board.send(WINDOWS)
    model_id = (await board.reach("delivering"))["model_id"]
    async with server.client._session.get(f"{server.client.url}/api/v1/models/{model_id}") as answer:
        data = await answer.read()
    assert model_id.endswith(hashlib.sha256(data).hexdigest()[:8])


async def test_it_learns_anew_with_the_features_and_the_wishes_of_before(board, server, train_noisy):
    data = train_noisy(features="statistics", notices="2/day", false_alarms="2/week")
    before = await server.client.send("/api/v1/models", data, "application/json")
    await board.report(model_id=before["model_id"])
    await board.learn()
    await board.send(WINDOWS)
    learning = await board.reach("delivering")
    learned = await server.client.get(f"/api/v1/models/{learning['model_id']}")
    assert learned["features"]["set"] == "statistics"
    assert learned["decision"]["notices"]["wished"] == "2/day"
    assert learned["decision"]["false_alarms"]["wished"] == "2/week"


async def test_after_a_model_of_one_level_it_learns_as_without_one(board, server):
    before = await server.client.send("/api/v1/models", OF_BEFORE.read_bytes(), "application/json")
    await board.report(model_id=before["model_id"])
    await board.learn()
    await board.send(WINDOWS)
    learning = await board.reach("delivering")
    learned = await server.client.get(f"/api/v1/models/{learning['model_id']}")
    assert learned["features"]["set"] == "directional"
    assert learned["decision"]["false_alarms"]["wished"] == "1/year"


@pytest.mark.parametrize("reached", ["recording", "training", "delivering"])
async def test_a_server_that_stops_goes_on_where_it_was(start_server, noisy_windows, reached):
    server = await start_server()
    board = Board(server, noisy_windows(1000))
    await board.report()
    await board.learn()
    await board.send(WINDOWS // 2 if reached == "recording" else WINDOWS)
    await board.reach(reached)
    await server.stop()
    board.server = await start_server()
    await board.send(WINDOWS // 2)
    learning = await board.reach("delivering")
    assert await board.report() == [{"model": learning["model_id"]}]


async def test_a_window_that_lost_samples_is_not_learned_from(board, server, noisy_windows):
    await board.learn()
    for body in noisy_windows(5, seed=9, flags=FLAG_LOST):
        await server.client.send("/api/v1/windows", body, wire.CONTENT_TYPE)
    await board.send(3)
    (recording,) = (await server.client.get("/api/v1/recordings"))["recordings"]
    assert recording["recorded"] == 3


@pytest.mark.parametrize("lost, state", [(2, "learning"), (3, "not judged")])
async def test_a_board_whose_windows_lose_samples_again_and_again_is_not_said_to_learn(
    board, server, noisy_windows, lost, state
):
    await board.learn()
    for body in noisy_windows(lost, seed=9, flags=FLAG_LOST):
        await server.client.send("/api/v1/windows", body, wire.CONTENT_TYPE)
    assert (await board.seen())["state"] == state


async def test_a_board_that_learns_again_is_learning(board, server, noisy_windows):
    await board.learn()
    for body in noisy_windows(3, seed=9, flags=FLAG_LOST):
        await server.client.send("/api/v1/windows", body, wire.CONTENT_TYPE)
    await board.send(1)
    assert (await board.seen())["state"] == "learning"


async def test_a_board_whose_model_does_not_fit_is_learning_while_it_learns_anew(board):
    misfit = {"model_id": "fan-1", "state": "not judged", "why": "Model fan-1 is for 128 samples."}
    await board.report(**misfit)
    await board.learn()
    await board.send(1)
    await board.report(**misfit)
    assert (await board.seen())["state"] == "learning"


async def test_a_board_that_drops_its_windows_is_not_said_to_learn(board):
    await board.learn()
    await board.report(state="not judged", why="Samples were read late.", model_id=None)
    assert (await board.seen())["state"] == "not judged"


async def test_a_stopped_recording_ends_it(board, server):
    _, learning = await board.learn()
    await server.client.patch(f"/api/v1/recordings/{learning['recording']}", {"state": "stopped"})
    assert "stopped" in (await board.reach("failed"))["error"]
    assert (await board.learn())[0] == 200


async def test_what_cannot_be_trained_fails_with_its_reason(board, server):
    await board.learn()
    for seq in range(WINDOWS):
        stuck = Window(array("h", [0, 0, 2048] * 64), 1 / 2048, 250.0, bytes.fromhex(DEVICE), 7, seq)
        await server.client.send("/api/v1/windows", bytes(wire.encode_window(stuck)), wire.CONTENT_TYPE)
    assert "is the same in all" in (await board.reach("failed"))["error"]


async def test_a_board_that_refuses_says_why_and_is_left_alone(board):
    await board.learn()
    await board.send(WINDOWS)
    await board.reach("delivering")
    await board.report(model_error="an error of long ago")
    assert await board.report(boot_id=2, model_error="golden score is off") == []
    assert (await board.reach("failed"))["error"] == "golden score is off"
    assert await board.report(boot_id=2) == []


async def test_a_board_that_could_not_fetch_it_is_told_again(board):
    await board.learn()
    await board.send(WINDOWS)
    learning = await board.reach("delivering")
    order = [{"model": learning["model_id"]}]
    assert await board.report(model_error="an error of long ago") == order
    assert await board.report(boot_id=2, model_error="the same", fetch_error="no Wi-Fi") == order
    assert await board.report(boot_id=3, model_id=learning["model_id"]) == []
    assert (await board.reach("done"))["error"] is None


async def test_a_board_that_starts_without_it_is_told_three_times(board):
    await board.learn()
    await board.send(WINDOWS)
    await board.reach("delivering")
    assert [len(await board.report(boot_id=boot)) for boot in range(1, 6)] == [1, 1, 1, 0, 0]
    assert "3 times" in (await board.reach("failed"))["error"]


async def test_a_board_whose_task_is_to_learn_begins_once(board, server):
    await board.report(task="learn")
    learning = (await board.seen())["learning"]
    await board.report(task="learn")
    assert learning["state"] == "recording" and (await board.seen())["learning"] == learning


@pytest.mark.parametrize(
    "nonsense", [{"boot_id": []}, {"commands": 5}, {"window_len": "x", "nominal_rate_hz": {}}]
)
async def test_a_report_of_nonsense_stops_nothing(board, server, model_data, nonsense):
    answer = await server.client.send("/api/v1/models", model_data, "application/json")
    path, wish = f"/api/v1/devices/{DEVICE}", {"model": answer["model_id"]}
    await server.client.patch(path, wish)
    status = {**ABLE, "task": "learn", **nonsense}
    assert (await server.ask("POST", f"{path}/status", json=status))[0] == 400
    assert (await server.ask("PATCH", path, json=wish))[0] in (200, 409)


@pytest.mark.parametrize("status", [{"commands": []}, {"commands": None}])
async def test_a_board_that_takes_no_model_is_refused_with_a_hint(board, status):
    await board.report(**status)
    code, answer = await board.learn()
    assert code == 409 and "judder record" in answer["hint"]


async def test_two_learnings_at_once_and_boards_nobody_heard_are_refused(board, server):
    await board.learn()
    assert (await board.learn())[0] == 409
    assert (await server.ask("POST", "/api/v1/devices/nobody/learn", json={}))[0] == 404


@pytest.mark.parametrize("windows", [0, 59, "many", True, 1e9, None])
async def test_a_number_of_windows_that_cannot_be_is_refused(board, windows):
    assert (await board.learn(windows))[0] == 400


async def test_an_imported_model_whose_wish_nobody_knows_is_no_hindrance(board, server, model_data):
    document = json.loads(model_data)
    document["decision"]["false_alarms"]["wished"] = None
    before = await server.client.send("/api/v1/models", json.dumps(document).encode(), "application/json")
    await board.report(model_id=before["model_id"])
    await board.learn()
    await board.send(WINDOWS)
    assert (await board.reach("delivering", "failed"))["error"] is None


async def test_of_two_that_ask_at_once_one_begins(board):
    answers = await asyncio.gather(board.learn(), board.learn(), board.report(task="learn"))
    recordings = (await board.server.client.get("/api/v1/recordings"))["recordings"]
    assert [code for code, _ in answers[:2]].count(200) <= 1 and len(recordings) == 1


@pytest.mark.parametrize("windows", [0, WINDOWS])
async def test_it_can_be_stopped_and_begun_again(board, windows):
    await board.learn()
    await board.send(windows)
    await board.reach("delivering" if windows else "recording")
    code, learning = await board.server.ask("DELETE", LEARN)
    assert (code, learning["state"]) == (200, "failed") and await board.report() == []
    assert (await board.server.ask("DELETE", LEARN))[0] == 409
    assert (await board.learn())[0] == 200


async def test_an_alert_of_its_old_model_goes_on_while_it_learns(board):
    await board.server.send(seq=900, boot_id=9, flags=ALERT)
    await board.learn()
    await board.server.send(seq=901, boot_id=9, flags=FLAG_ALERT)  # one it could not judge
    alerts = (await board.server.client.get("/api/v1/alerts"))["alerts"]
    assert [alert["ended_us"] for alert in alerts] == [None] and (await board.seen())["state"] == "alarm"


async def test_what_was_odd_about_it_is_told(board):
    await board.server.send(seq=900, boot_id=9, flags=ALERT)
    await board.learn()
    await board.send(WINDOWS)
    first, *others = (await board.reach("delivering"))["warnings"]
    assert first.startswith("The board alerted meanwhile") and any(
        "1/week" in sentence for sentence in others
    )


async def test_a_board_that_is_told_to_judge_nothing_learns_nothing(board):
    await board.report(task="collect")
    code, answer = await board.learn()
    assert code == 409 and "collect" in answer["error"]


async def test_nobody_judges_a_board_without_a_model_while_it_learns(board, server, model_data):
    await server.client.put("/api/v1/model", model_data, "application/json")
    await board.send(1)
    await board.learn()
    await board.send(1)
    model_hash = bytes.fromhex(hashlib.sha256(model_data).hexdigest()[:8])
    await server.send(seq=500, flags=FLAG_LOCAL_SCORE, local_score=1.0, model_hash=model_hash)
    own, learnt, before = await server.stored()
    assert [row["judged_by"] for row in (before, learnt, own)] == ["host", None, "board"]


async def test_a_model_is_put_on_a_board_by_hand_and_the_order_taken_back(board, server, model_data):
    answer = await server.client.send("/api/v1/models", model_data, "application/json")
    path, wish = f"/api/v1/devices/{DEVICE}", {"model": answer["model_id"]}
    device = await server.client.patch(path, wish)
    order = device["order"]
    assert (order["model_id"], order["done"], order["error"]) == (answer["model_id"], False, None)
    assert await board.report() == [wish]
    await server.client.patch(path, {"model": None})
    assert await board.report() == []


@pytest.mark.parametrize(
    ("status", "wish", "code"),
    [
        ({}, {"model": "nothing-00000000"}, 404),
        ({}, {"model": 5}, 400),
        ({}, {"model": ""}, 400),
        ({}, {}, 400),
        ({"window_len": 256}, "fan", 409),
        ({"commands": []}, "fan", 409),
    ],
)
async def test_an_order_that_cannot_be_is_refused(board, server, model_data, status, wish, code):
    answer = await server.client.send("/api/v1/models", model_data, "application/json")
    await board.report(**status)
    wish = {"model": answer["model_id"]} if wish == "fan" else wish
    assert (await server.ask("PATCH", f"/api/v1/devices/{DEVICE}", json=wish))[0] == code
    assert await board.report() == []


def named(*names):
    return [{"device_id": f"{k}", "status": {"name": name} if name else {}} for k, name in enumerate(names)]


@pytest.mark.parametrize(
    ("names", "wanted", "found"), [(["a"], None, "0"), (["a", "b"], "b", "1"), (["a", None], "1", "1")]
)
def test_a_board_is_found_by_name_or_id_and_the_only_one_without(names, wanted, found):
    assert choose(named(*names), wanted)["device_id"] == found


@pytest.mark.parametrize(
    ("names", "wanted", "said"),
    [
        ([], None, "No board"),
        (["a", "b"], None, "Several"),
        (["a"], "c", "No board is called c"),
        (["a", "a"], "a", "2 boards"),
    ],
)
def test_a_board_that_is_not_clear_is_asked_for(names, wanted, said):
    with pytest.raises(JudderError, match=said) as caught:
        choose(named(*names), wanted)
    assert caught.value.hint
    assert not names or "(0)" in caught.value.hint
