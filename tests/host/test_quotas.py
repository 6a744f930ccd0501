"""What boards may bring has bounds, which are said, and hold up nobody else."""

import pytest
from judder.errors import JudderError
from judder.server.api.keys import REFUSALS
from judder_core.window import FLAG_LOCAL_SCORE

from tests.host.conftest import frame

FRAMES = {"Content-Type": "application/vnd.judder.window"}
SIZE = 64 * 3 * 2


def mac(number):
    return bytes([2, 0, 0, 0, 0, number])


class Clock:
    now_s = 1_800_000_000.0

    def __call__(self):
        return self.now_s


async def post(server, number, seq=0):
    body = bytes(frame(seq=seq, device_id=mac(number), flags=FLAG_LOCAL_SCORE))
    return await server.ask("POST", "/api/v1/windows", data=body, headers=FRAMES)


async def test_a_board_too_many_is_told_to_come_later_and_is_not_kept(start_server):
    server = await start_server(max_boards=3)
    for number in range(3):
        assert (await post(server, number))[0] == 200
    for number in range(3, 50):
        status, error = await post(server, number)
        assert status == 429 and "max_boards" in error["hint"]
    assert len((await server.client.get("/api/v1/devices"))["devices"]) == 3
    assert (await post(server, 0, seq=1))[0] == 200


async def test_what_is_too_much_is_counted_by_kind(start_server):
    server = await start_server(max_boards=1, max_board_mb_per_minute=SIZE / 1e6)
    for number, seq in ((0, 0), (0, 1), (1, 0), (2, 0)):
        await post(server, number, seq)
    assert {why: server.app[REFUSALS].total[why] for why in ("boards", "bytes")} == {"boards": 2, "bytes": 1}


async def test_a_report_makes_no_board_too_many_either(start_server):
    server = await start_server(max_boards=1)
    assert (await post(server, 0))[0] == 200
    assert (await server.ask("POST", "/api/v1/devices/020000000009/status", json={}))[0] == 429


async def test_a_sketch_of_the_reference_is_a_board_as_others_are(start_server):
    server = await start_server(max_boards=1)
    assert (await post(server, 0))[0] == 200
    status, _ = await server.ask("POST", "/", json={"x": [1], "y": [1], "z": [1]})
    assert status == 429


async def test_known_boards_are_all_there_after_a_start_with_a_lower_limit(start_server):
    server = await start_server()
    for number in range(3):
        await server.client.post(f"/api/v1/devices/02000000000{number}/status", {"name": "a"})
    await server.stop()
    server = await start_server(max_boards=1)
    assert len((await server.client.get("/api/v1/devices"))["devices"]) == 3
    assert (await post(server, 2))[0] == 200


async def test_a_board_that_sends_too_much_waits_for_the_next_minute_and_others_do_not(start_server):
    clock = Clock()
    server = await start_server(clock=clock, max_board_mb_per_minute=2 * SIZE / 1e6)
    answers = [(await post(server, 0, seq))[0] for seq in range(4)]
    assert answers == [200, 200, 429, 429]
    assert (await post(server, 1))[0] == 200
    clock.now_s += 60
    assert (await post(server, 0, seq=2))[0] == 200


async def test_who_sends_too_much_is_told_how_long_to_wait(start_server):
    clock = Clock()
    clock.now_s += 20
    server = await start_server(clock=clock, max_board_mb_per_minute=SIZE / 1e6)
    await post(server, 0)
    request = server.client._session.post(
        f"{server.client.url}/api/v1/windows", data=bytes(frame(seq=1, device_id=mac(0))), headers=FRAMES
    )
    async with request as answer:
        assert answer.status == 429 and answer.headers["Retry-After"] == "41"


async def test_no_further_recording_is_started_beyond_the_limit(start_server):
    server = await start_server(max_recordings=2)
    for condition in ("a", "b"):
        number = (await server.client.post("/api/v1/recordings", {"condition": condition}))["id"]
        await server.client.patch(f"/api/v1/recordings/{number}", {"state": "stopped"})
    with pytest.raises(JudderError, match="2 recordings"):
        await server.client.post("/api/v1/recordings", {"condition": "c"})
    await server.client.post("/api/v1/recordings", {"condition": "b", "resume": True})
