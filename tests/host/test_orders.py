"""A model on its way to boards: asked about their last windows, on trial on one, then on all, or back."""

import asyncio
import json

import pytest
from judder import client
from judder.cli import put as put_command
from judder.server.services import rollout
from judder.server.services.backtest import Backtest
from judder.server.services.orders import TRIAL_WINDOWS
from judder_core import wire
from judder_core.window import FLAG_ALERT, FLAG_LOCAL_SCORE

FIRST, SECOND = "020000000001", "020000000002"
BEFORE = "fan-00000000"


class Boards:
    """What the tests' boards say, and what they are told."""

    def __init__(self, server):
        self.server = server
        self.seq = 100_000
        self.boots = {}

    async def report(self, device=FIRST, **status):
        said = {"boot_id": 1, "model_id": BEFORE, "commands": ["model"], "window_len": 64, **status}
        said["nominal_rate_hz"] = 250.0
        self.boots[device] = said["boot_id"]
        answer = await self.server.client.post(f"/api/v1/devices/{device}/status", said)
        return answer["commands"]

    async def watch(self, windows, device=FIRST, flags=FLAG_LOCAL_SCORE):
        for _ in range(windows):
            self.seq += 1
            await self.server.send(
                boot_id=self.boots[device],
                seq=self.seq,
                device_id=bytes.fromhex(device),
                flags=flags,
                local_score=1.0,
            )

    async def order(self, device=FIRST):
        devices = await self.server.client.devices()
        return devices[device]["order"]


@pytest.fixture
async def boards(server):
    made = Boards(server)
    await made.report(FIRST)
    await made.report(SECOND)
    return made


@pytest.fixture
async def model_id(server, model_data):
    return (await server.client.send("/api/v1/models", model_data, "application/json"))["model_id"]


async def put(server, model_id, device=FIRST, **more):
    return await server.ask("PATCH", f"/api/v1/devices/{device}", json={"model": model_id, **more})


async def put_on_group(server, model_id, *devices, **more):
    path = f"/api/v1/models/{model_id}/boards"
    return await server.ask("POST", path, json={"devices": devices, **more})


async def send(server, frames):
    for frame in frames:
        await server.client.send("/api/v1/windows", frame, wire.CONTENT_TYPE)


# Before an order


async def test_an_order_says_what_the_model_would_have_said_of_the_last_windows(
    server, boards, model_id, noisy_windows
):
    await send(server, noisy_windows(80))
    status, device = await put(server, model_id)
    assert status == 200
    found = device["order"]["backtest"]
    assert found["windows"] == 80 and found["alarms"] == 0


async def test_a_model_that_would_have_alarmed_is_refused_with_the_figures(
    server, boards, model_id, noisy_windows
):
    await send(server, noisy_windows(60, spread=200.0))
    status, answer = await put(server, model_id)
    assert status == 409 and "of the last 60 windows it would have alarmed in" in answer["error"]
    assert "anyway" in answer["hint"] and await boards.order() is None


async def test_a_person_may_order_it_all_the_same(server, boards, model_id, noisy_windows):
    await send(server, noisy_windows(60, spread=200.0))
    status, device = await put(server, model_id, anyway=True)
    assert status == 200 and device["order"]["backtest"]["alarms"] > 0


async def test_windows_that_do_not_fit_the_model_are_left_out(server, boards, model_id):
    await server.send(window_len=128)
    _, device = await put(server, model_id)
    assert device["order"]["backtest"] == {"windows": 0, "notices": 0, "alarms": 0}


@pytest.fixture
def meanwhile(monkeypatch):
    """Return a function that has a coroutine function run while an order asks about windows."""

    def during(happens):
        async def asked(*_):
            await happens()
            return Backtest(0, 0, 0)

        monkeypatch.setattr(rollout, "backtest", asked)

    return during


async def test_a_model_that_is_deleted_meanwhile_is_not_ordered(server, boards, model_id, meanwhile):
    meanwhile(lambda: server.client.delete(f"/api/v1/models/{model_id}"))
    status, _ = await put(server, model_id)
    assert status == 404 and await boards.order() is None


async def test_a_board_that_alarms_meanwhile_did_so_before_the_order(server, boards, model_id, meanwhile):
    meanwhile(lambda: boards.watch(10, flags=FLAG_LOCAL_SCORE | FLAG_ALERT))
    await put(server, model_id)
    await boards.report()
    await boards.report(model_id=model_id, boot_id=2)
    await boards.watch(10, flags=FLAG_LOCAL_SCORE | FLAG_ALERT)
    assert await boards.report(model_id=model_id, boot_id=2) == []


async def test_orders_that_are_given_at_once_ask_one_after_the_other(server, boards, model_id, monkeypatch):
    asking, most = 0, 0

    async def asked(*_):
        nonlocal asking, most
        asking += 1
        most = max(most, asking)
        await asyncio.sleep(0.02)
        asking -= 1
        return Backtest(0, 0, 0)

    monkeypatch.setattr(rollout, "backtest", asked)
    answers = await asyncio.gather(*(put(server, model_id) for _ in range(5)))
    assert [status for status, _ in answers] == [200] * 5 and most == 1


async def test_put_waits_for_as_long_as_many_boards_take(server, boards, model_id, monkeypatch):
    monkeypatch.setattr(client, "PATIENCE_S", 0.5)

    async def asked(*_):
        await asyncio.sleep(0.4)
        return Backtest(0, 0, 0)

    monkeypatch.setattr(rollout, "backtest", asked)
    asks = client.ServerClient(server.client.url)
    found = await put_command._put(asks, model_id, None, True, False, False)
    assert found.keys() == {FIRST, SECOND}


# On trial


async def test_a_model_that_ran_for_a_minute_without_an_alarm_has_passed(server, boards, model_id):
    await put(server, model_id)
    await boards.report()
    await boards.report(model_id=model_id, boot_id=2)
    assert not (await boards.order())["passed"]
    await boards.watch(TRIAL_WINDOWS)
    await boards.report(model_id=model_id, boot_id=2)
    order = await boards.order()
    assert order["passed"] and order["error"] is None


async def test_one_that_alarms_at_once_makes_way_for_the_one_before(server, boards, model_id):
    await put(server, model_id)
    await boards.report()
    await boards.report(model_id=model_id, boot_id=2)
    await boards.watch(10, flags=FLAG_LOCAL_SCORE | FLAG_ALERT)
    assert await boards.report(model_id=model_id, boot_id=2) == [{"model": BEFORE}]
    order = await boards.order()
    assert order["model_id"] == BEFORE and "alarmed within" in order["why"]


async def test_one_with_which_the_board_starts_again_and_again_makes_way(server, boards, model_id):
    await put(server, model_id)
    await boards.report()
    told = [await boards.report(model_id=model_id, boot_id=boot) for boot in range(2, 8)]
    assert [{"model": BEFORE}] in told


async def test_a_board_that_alarmed_before_keeps_it(server, boards, model_id):
    await boards.watch(10, flags=FLAG_LOCAL_SCORE | FLAG_ALERT)
    await put(server, model_id, anyway=True)
    await boards.report()
    await boards.report(model_id=model_id, boot_id=2)
    await boards.watch(10, flags=FLAG_LOCAL_SCORE | FLAG_ALERT)
    assert await boards.report(model_id=model_id, boot_id=2) == []


async def test_a_board_that_goes_back_by_itself_says_why(server, boards, model_id):
    await put(server, model_id)
    await boards.report()
    await boards.report(model_id=model_id, boot_id=2)
    await boards.report(boot_id=3, model_error="With the model that was fetched, the board did not start.")
    assert "did not start" in (await boards.order())["error"]


async def test_a_trial_goes_on_after_the_server_starts_anew(start_server, model_data):
    server = await start_server()
    boards = Boards(server)
    await boards.report()
    model_id = (await server.client.send("/api/v1/models", model_data, "application/json"))["model_id"]
    await put(server, model_id)
    await boards.report()
    await boards.report(model_id=model_id, boot_id=2)
    await server.stop()
    boards.server = await start_server()
    await boards.watch(10, flags=FLAG_LOCAL_SCORE | FLAG_ALERT)
    assert await boards.report(model_id=model_id, boot_id=2) == [{"model": BEFORE}]


# A group


async def test_the_second_board_waits_until_the_first_has_passed(server, boards, model_id):
    status, _ = await put_on_group(server, model_id, FIRST, SECOND)
    assert status == 200
    assert [await boards.report(FIRST), await boards.report(SECOND)] == [[{"model": model_id}], []]
    await boards.report(FIRST, model_id=model_id, boot_id=2)
    await boards.watch(TRIAL_WINDOWS)
    assert await boards.report(SECOND) == []
    await boards.report(FIRST, model_id=model_id, boot_id=2)
    assert await boards.report(SECOND) == [{"model": model_id}]


async def test_where_the_first_fails_no_other_board_gets_it(server, boards, model_id):
    await put_on_group(server, model_id, FIRST, SECOND)
    await boards.report(FIRST)
    await boards.report(FIRST, model_id=model_id, boot_id=2)
    await boards.watch(10, FIRST, flags=FLAG_LOCAL_SCORE | FLAG_ALERT)
    await boards.report(FIRST, model_id=model_id, boot_id=2)
    assert await boards.report(SECOND) == []
    assert "first board of the group failed" in (await boards.order(SECOND))["error"]


async def test_where_the_first_is_deleted_no_other_board_gets_it(start_server, model_data):
    now_s = [2e9]
    server = await start_server(clock=lambda: now_s[0])
    boards = Boards(server)
    await boards.report(FIRST)
    await boards.report(SECOND)
    model_id = (await server.client.send("/api/v1/models", model_data, "application/json"))["model_id"]
    await put_on_group(server, model_id, FIRST, SECOND)
    now_s[0] += 60
    await server.client.delete(f"/api/v1/devices/{FIRST}")
    assert await boards.report(SECOND) == []
    assert "first board of the group failed" in (await boards.order(SECOND))["error"]
    assert (await server.client.devices()).keys() == {SECOND}


async def test_a_group_with_one_board_that_cannot_gets_nothing(server, boards, model_id):
    await boards.report(SECOND, window_len=256)
    status, _ = await put_on_group(server, model_id, FIRST, SECOND)
    assert status == 409 and await boards.order(FIRST) is None


@pytest.mark.parametrize("devices", [[], "020000000001", [5], ["020000000009"]])
async def test_a_group_that_cannot_be_is_refused(server, boards, model_id, devices):
    path = f"/api/v1/models/{model_id}/boards"
    assert (await server.ask("POST", path, data=json.dumps({"devices": devices})))[0] in (400, 404)
