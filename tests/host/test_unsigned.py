"""Boards that sign nothing: what anybody may send in their name, and where the harm of that ends."""

import pytest
import structlog.testing
from judder.server.api.keys import DEVICES, HEALTH
from judder.server.services.missing import MOST_MISSING
from judder_core.window import FLAG_ALERT, FLAG_BACKLOG, FLAG_LOCAL_SCORE

from tests.host.alerting import ALERT, DEVICE
from tests.host.conftest import frame
from tests.host.signing import ONE, board_with_key

OTHERS = {"window_len": 32}
"""What makes a window one with other samples."""


async def device_of(server):
    return (await server.client.devices())[DEVICE]


async def test_numbers_sent_beforehand_hide_no_alert_and_no_samples(server):
    await server.send(seq=0)
    for seq in range(1, 6):
        await server.send(seq=seq, flags=FLAG_LOCAL_SCORE, **OTHERS)  # by somebody else
    answer = await server.send(seq=1, flags=ALERT)
    (alert,) = (await server.client.get("/api/v1/alerts"))["alerts"]
    whole = await server.client.get(f"/api/v1/windows/{DEVICE}/{alert['boot_id']}/{alert['seq']}")
    assert answer["alert"] and alert["ended_us"] is None
    assert whole["x"] == pytest.approx([(7 * k + 1) % 31 / 2048 for k in range(0, 3 * 64, 3)], abs=1e-6)


async def test_a_board_is_answered_for_the_number_that_it_sent(server):
    await server.send(seq=4, **OTHERS)
    answer = await server.send(seq=4)
    assert (answer["device_id"], answer["boot_id"], answer["seq"]) == (DEVICE, 1, 4)


async def test_the_first_window_of_a_number_stays_as_it_was(server):
    await server.send(seq=4)
    before = await server.client.get(f"/api/v1/windows/{DEVICE}/1/4")
    await server.send(seq=4, **OTHERS)
    assert await server.client.get(f"/api/v1/windows/{DEVICE}/1/4") == before
    assert len(await server.stored()) == 2


async def test_the_same_window_again_is_stored_once_also_from_the_backlog(server):
    await server.send(seq=4)
    await server.send(seq=4)
    await server.send(seq=4, flags=FLAG_BACKLOG)
    assert len(await server.stored()) == 1


async def test_that_two_send_in_one_name_is_told_and_forgotten_when_it_ends(start_server):
    now = [1_800_000_000.0]
    server = await start_server(clock=lambda: now[0])
    await server.send(seq=4)
    await server.send(seq=4, **OTHERS)
    assert [said for said in problems(server) if "two send" in said]
    now[0] += 601
    await server.send(seq=5)
    assert [said for said in problems(server) if "two send" in said] == []


def problems(server):
    server.app[HEALTH].look()
    return [problem.sentence for problem in server.app[HEALTH].problems()]


async def test_one_board_that_clashes_does_not_look_as_if_it_started_again_and_again(server):
    for seq in range(40):
        await server.send(seq=seq, **OTHERS)
        await server.send(seq=seq)
    assert not [said for said in problems(server) if "again and again" in said]


async def test_a_number_far_ahead_loses_no_windows_and_is_logged(server):
    await server.send(seq=40)
    with structlog.testing.capture_logs() as logged:
        await server.send(seq=2**32 - 1)
    assert (await device_of(server))["lost"] == 0
    assert [line["seq"] for line in logged if line["event"] == "numbers_jumped"] == [2**32 - 1]


async def test_the_boards_own_windows_are_judged_as_before_after_a_number_far_ahead(server):
    await server.send(seq=40)
    await server.send(seq=2**32 - 1)
    await server.send(seq=41, flags=ALERT)
    found = await device_of(server)
    assert (found["level"], found["lost"], found["last"]["seq"]) == ("alarm", 0, 41)


@pytest.mark.parametrize(("missing", "lost"), [(MOST_MISSING, MOST_MISSING), (MOST_MISSING + 1, 0)])
async def test_as_many_windows_may_be_lost_as_a_board_can_lose(server, missing, lost):
    await server.send(seq=0)
    await server.send(seq=missing + 1)
    assert (await device_of(server))["lost"] == lost


async def test_a_name_that_differs_from_a_signing_boards_by_its_capitals_only_is_not_taken(start_server):
    server = await start_server()
    await board_with_key(server, "02aabbccddee")
    for name in ("02AABBCCDDEE", "02AAbbccddee"):
        assert (await server.ask("POST", f"/api/v1/devices/{name}/status", json={"boot_id": 1}))[0] == 401
    assert not await server.client.devices()


async def test_of_a_board_that_signs_nobody_else_takes_a_number(start_server):
    server = await start_server()
    board = await board_with_key(server)
    await board.send()
    for seq in range(2, 6):
        forged = bytes(frame(seq=seq, device_id=bytes.fromhex(ONE), flags=FLAG_LOCAL_SCORE | FLAG_ALERT))
        headers = {"Content-Type": "application/vnd.judder.window"}
        assert (await server.ask("POST", "/api/v1/windows", data=forged, headers=headers))[0] == 401
    assert (await board.send())[0] == 200
    assert [window["seq"] for window in await server.stored()] == [2, 1]
    assert server.app[DEVICES].get(ONE).clashed_us == 0
