"""How a board is, by its report and its windows: a board whose windows nobody judges is never "normal"."""

import pytest
from judder.server.api.keys import DEVICES
from judder_core.window import FLAG_LOCAL_SCORE, FLAG_LOST

BOARD = "020000000001"
WITH_MODEL = {"state": "normal", "model_id": "fan-1"}


async def report(server, **status):
    await server.client.post(f"/api/v1/devices/{BOARD}/status", status)


async def state(server):
    (board,) = (await server.client.get("/api/v1/devices"))["devices"]
    return board["state"]


async def send(server, frames):
    for body in frames:
        answer = await server.client.send("/api/v1/windows", body, "application/vnd.judder.window")
    return answer


async def test_a_window_that_a_board_with_a_model_did_not_judge_is_judged_by_nobody(server):
    await report(server, **WITH_MODEL)
    answer = await server.send()
    assert (answer["judged_by"], await state(server)) == (None, "not judged")


async def test_a_window_that_it_judged_by_a_model_the_server_has_not_is_as_the_board_says(server):
    await report(server, **WITH_MODEL)
    await server.send(flags=FLAG_LOCAL_SCORE)
    assert await state(server) == "normal"


async def test_the_server_does_not_judge_a_window_that_lost_samples_either(server, model_data, noisy_windows):
    await server.client.put("/api/v1/model", model_data, "application/json")
    assert (await send(server, noisy_windows(8)))["judged_by"] == "host"
    assert (await send(server, noisy_windows(8, seed=1, flags=FLAG_LOST)))["judged_by"] is None
    assert await state(server) == "not judged"


async def test_a_board_that_judges_again_is_as_it_is_judged(server, model_data, noisy_windows):
    await server.client.put("/api/v1/model", model_data, "application/json")
    await send(server, noisy_windows(1, seed=1, flags=FLAG_LOST))
    await send(server, noisy_windows(8, seed=2))
    assert await state(server) == "normal"


async def test_a_window_that_comes_twice_is_not_judged_twice(server):
    await report(server, **WITH_MODEL)
    await server.send()
    server.app[DEVICES].get(BOARD).answers.clear()
    again = await server.send()
    assert (again["state"], again["window_level"], again["alarming"]) == ("not judged", None, None)


@pytest.mark.parametrize(
    "status, expected",
    [
        ({"task": "collect", "state": "collecting", "model_id": "fan-1"}, "collecting"),
        ({"state": "not judged", "model_id": "fan-1"}, "not judged"),
        ({"state": "not judged", "why": "config.json: sensor.kind is 5."}, "not judged"),  # it does not watch
        ({"state": "not judged", "why": "There is no model.", "model_id": None}, "learning"),
        (
            {"state": "not judged", "why": "Samples were read late.", "model_id": None},
            "not judged",
        ),  # it drops them
        ({"state": "off its rate", "model_id": "fan-1"}, "not judged"),  # sketches before 0.2
        ({"state": "starting", "safe_mode": True}, "safe mode"),
        ({"state": "normal", "safe_mode": True, "model_id": "fan-1"}, "safe mode"),
        ({"state": "normal"}, "learning"),
        ({}, "learning"),
    ],
)
async def test_before_its_first_window_a_board_is_what_it_says_if_that_can_be(server, status, expected):
    await report(server, **status)
    assert await state(server) == expected


async def test_windows_of_a_board_that_collects_need_no_verdict(server):
    await report(server, task="collect", state="collecting", model_id="fan-1")
    await server.send(flags=FLAG_LOST)
    assert await state(server) == "collecting"


async def test_a_board_that_drops_its_windows_is_not_normal(start_server):
    now_s = [1_800_000_000.0]
    server = await start_server(clock=lambda: now_s[0])
    await report(server, **WITH_MODEL)
    await server.send(flags=FLAG_LOCAL_SCORE)
    assert await state(server) == "normal"
    now_s[0] += 10
    await report(server, state="not judged", model_id="fan-1", unjudged=9)
    assert await state(server) == "not judged"
