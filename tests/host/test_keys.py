"""What boards sign: taken once, from the board that signed it, soon after; everything else is refused."""

import subprocess

import pytest
from judder.server.api.keys import DEVICES, KEYS, REFUSALS
from judder.server.services.keys import GRACE_DAYS
from judder_core import wire
from yarl import URL

from tests.host.conftest import frame
from tests.host.signing import HEADER, ONE, OTHER, WINDOWS, board_with_key, message, with_keys

DAY_S = 86_400
FRAMES = {"Content-Type": wire.CONTENT_TYPE}


@pytest.fixture
async def server(start_server):
    return await with_keys(start_server)


@pytest.fixture
async def board(server):
    return await board_with_key(server)


def refused(server):
    """Return how many of each kind were refused, kinds with none left out."""
    return {why: count for why, count in server.app[REFUSALS].total.items() if count}


async def test_a_signed_window_is_stored_and_its_board_shown_as_signed(server, board):
    assert (await board.send())[0] == 200
    assert [window["seq"] for window in await server.stored()] == [1]
    assert (await server.client.devices())[ONE]["signed"] is True


async def test_what_openssl_signs_is_taken(server, board, tmp_path):
    body, time_us = board.window(), board.now_us()
    file = tmp_path / "signed"
    file.write_bytes(message("POST", WINDOWS, ONE, time_us, body))
    key = f"hexkey:{board.key}"
    command = ["openssl", "dgst", "-sha256", "-mac", "HMAC", "-macopt", key, "-r", file]
    made = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()[0]
    headers = {HEADER: f"1 {ONE} {time_us} {made}", **FRAMES}
    assert (await board.post(body, headers))[0] == 200


async def test_the_same_request_again_is_refused_as_replayed(server, board):
    body = board.window()
    headers = board.headers(body)
    assert (await board.post(body, headers))[0] == 200
    assert (await board.post(body, headers))[0] == 401
    assert refused(server) == {"replayed": 1}


async def test_a_request_held_back_is_refused_once_a_later_one_came(server, board):
    body, then_us = board.window(), board.now_us()
    assert (await board.send())[0] == 200
    assert (await board.post(body, board.headers(body, time_us=then_us)))[0] == 401


@pytest.mark.parametrize("off_s", [-301, 301])
async def test_a_time_five_minutes_off_is_stale_on_either_side(server, board, off_s):
    server.app[KEYS]._began_us -= 10**9  # a server that has run for long
    assert (await board.send(time_us=board.now_us() + off_s * 1_000_000))[0] == 401
    assert refused(server) == {"stale": 1}


@pytest.mark.parametrize("off_s", [-290, 290])
async def test_a_time_less_than_five_minutes_off_is_taken(server, board, off_s):
    server.app[KEYS]._began_us -= 10**9
    assert (await board.send(time_us=board.now_us() + off_s * 1_000_000))[0] == 200


async def test_what_was_signed_before_the_server_started_is_stale(server, board):
    began_us = server.app[KEYS]._began_us
    assert (await board.send(time_us=began_us - 1))[0] == 401
    assert (await board.send(time_us=began_us))[0] == 200


async def test_a_refused_board_is_told_the_time_and_taken_when_it_signs_that(server, board):
    status, answer = await board.send(time_us=0)
    assert status == 401 and answer["error"] and answer["hint"]
    assert (await board.send(time_us=answer["signing_time_us"] + 1))[0] == 200


async def test_a_board_that_ran_ahead_and_started_anew_is_told_a_time_that_is_taken(server, board):
    assert (await board.send(time_us=board.now_us() + 200_000_000))[0] == 200
    status, answer = await board.send(time_us=0)
    assert status == 401
    assert (await board.send(time_us=answer["signing_time_us"]))[0] == 200


async def test_a_board_that_runs_too_far_ahead_is_told_the_servers_own_time(server, board):
    assert (await board.send(time_us=board.now_us() + 200_000_000))[0] == 200
    _, answer = await board.send(time_us=board.now_us() + 400_000_000)
    assert abs(answer["signing_time_us"] - board.now_us()) < 100_000_000


@pytest.mark.parametrize("part", ["method", "path", "body", "time", "mac", "key"])
async def test_a_request_that_is_not_what_was_signed_is_forged(server, board, part):
    body = board.window()
    headers = board.headers(body)
    version, device, time_us, mac = headers[HEADER].split()
    if part == "method":
        headers = board.headers(body, method="GET")
    if part == "path":
        headers = board.headers(body, path=f"{WINDOWS}?a=1")
    if part == "key":
        headers = board.headers(body, key="00" * 32)
    if part == "time":
        headers[HEADER] = f"{version} {device} {int(time_us) + 1} {mac}"
    if part == "mac":
        headers[HEADER] = f"{version} {device} {time_us} {mac[:-1]}{'0' if mac[-1] != '0' else '1'}"
    sent = board.window() if part == "body" else body
    status, answer = await board.post(sent, headers)
    assert (status, await server.stored()) == (401, []) and "signing_time_us" in answer
    assert refused(server) == {"forged": 1}


@pytest.mark.parametrize(
    "header",
    ["", "1", "2 020000000001 5 " + 64 * "0", "1 020000000001 -5 " + 64 * "0", "1 a 5 b", "x" * 4000],
)
async def test_a_header_that_is_no_signature_is_forged(server, header):
    status, _ = await server.ask("POST", WINDOWS, data=bytes(frame()), headers={HEADER: header, **FRAMES})
    assert status == 401 and refused(server) == {"forged": 1}


async def test_a_query_is_signed_as_it_was_sent(server, board):
    body, path = board.window(), f"{WINDOWS}?x=%2F%20a"
    url = URL(f"{server.client.url}{path}", encoded=True)  # a client likes to write it another way
    async with server.client._session.post(url, data=body, headers=board.headers(body, path=path)) as answer:
        assert answer.status == 200


async def test_a_board_may_not_speak_for_another_in_any_frame(server, board):
    body = board.window() + board.window(device=OTHER)
    assert (await board.post(body, board.headers(body)))[0] == 403
    assert (await server.stored(), refused(server)) == ([], {"foreign": 1})


async def test_a_board_may_not_report_for_another(server, board):
    path = f"/api/v1/devices/{OTHER}/status"
    assert (await board.post(b"{}", board.headers(b"{}", path=path), path))[0] == 403
    assert OTHER not in await server.client.devices()


async def test_a_signed_report_is_taken(server, board):
    path = f"/api/v1/devices/{ONE}/status"
    assert (await board.post(b'{"name": "attic"}', board.headers(b'{"name": "attic"}', path=path), path))[
        0
    ] == 200
    assert (await server.client.devices())[ONE]["status"] == {"name": "attic"}


async def test_a_board_fetches_a_model_by_its_signature_and_nothing_else(server, board, model_data):
    kept = await server.client.send("/api/v1/models", model_data, "application/json")
    for path, status in ((f"/api/v1/models/{kept['model_id']}", 200), ("/api/v1/devices", 401)):
        headers = {"Authorization": "", **board.headers(b"", path=path, method="GET")}
        del headers["Authorization"]
        async with anonymous(server).get(server.client.url + path, headers=headers) as answer:
            assert answer.status == status, path


def anonymous(server):
    """Return the session of a client that has no token."""
    server.client._session.headers.pop("Authorization", None)
    return server.client._session


@pytest.mark.parametrize("why", ["no key is known", "the board has one"])
async def test_without_a_signature_nothing_is_taken_where_keys_are_required(server, board, why):
    device = OTHER if why == "no key is known" else ONE
    headers = FRAMES
    async with anonymous(server).post(
        server.client.url + WINDOWS, data=board.window(device=device), headers=headers
    ) as answer:
        assert answer.status == 401
    assert refused(server) == {"unsigned": 1}


async def test_a_board_that_has_a_key_is_never_taken_without_it_not_even_with_a_token(server, board):
    status, answer = await server.ask("POST", WINDOWS, data=board.window(), headers=FRAMES)
    assert status == 401 and "did not sign" in answer["error"]


async def test_an_administrator_may_send_windows_of_boards_without_keys(server):
    assert (await server.ask("POST", WINDOWS, data=bytes(frame()), headers=FRAMES))[0] == 200
    assert (await server.client.devices())[ONE]["signed"] is False


async def test_where_unsigned_boards_are_allowed_only_those_without_a_key_are_taken(start_server):
    server = await with_keys(start_server, unsigned_boards=True)
    board = await board_with_key(server)
    answers = {}
    for device in (ONE, OTHER):
        body = board.window(device=device)
        async with anonymous(server).post(server.client.url + WINDOWS, data=body, headers=FRAMES) as answer:
            answers[device] = answer.status
    assert answers == {ONE: 401, OTHER: 200}
    assert server.app[DEVICES].get(OTHER).signed is False


async def test_a_signature_that_nobody_can_check_is_as_good_as_none_where_none_is_needed(start_server):
    server = await start_server()
    board = await board_with_key(server)
    board.device = OTHER
    assert (await board.send())[0] == 200
    assert (await server.client.devices())[OTHER]["signed"] is False


async def test_where_no_keys_are_required_a_board_that_has_one_still_needs_it(start_server):
    server = await start_server()
    board = await board_with_key(server)
    assert (await board.send())[0] == 200
    assert (await server.ask("POST", WINDOWS, data=board.window(), headers=FRAMES))[0] == 401


async def test_unsigned_boards_can_be_refused_where_people_need_no_tokens(start_server):
    server = await start_server(unsigned_boards=False)
    board = await board_with_key(server)
    assert (await server.ask("POST", WINDOWS, data=board.window(device=OTHER), headers=FRAMES))[0] == 401
    assert (await board.send())[0] == 200
    assert (await server.ask("GET", "/api/v1/devices"))[0] == 200


async def test_a_revoked_key_is_refused_as_revoked(server, board):
    (key,) = (await server.client.get("/api/v1/keys"))["keys"]
    await server.client.delete(f"/api/v1/keys/{key['id']}")
    assert (await board.send())[0] == 401
    assert refused(server) == {"revoked": 1}


async def test_both_keys_of_a_board_are_taken_while_one_takes_the_others_place(start_server):
    now = [1_800_000_000.0]
    server = await with_keys(start_server, clock=lambda: now[0])
    board = await board_with_key(server)
    new = await server.client.post("/api/v1/keys", {"device": ONE, "rotate": True})
    assert new["key"] != board.key
    assert [(await board.send(key=key))[0] for key in (board.key, new["key"], board.key)] == [200] * 3
    now[0] += (GRACE_DAYS + 1) * DAY_S
    assert [(await board.send(key=key))[0] for key in (board.key, new["key"])] == [401, 200]
    assert refused(server) == {"revoked": 1}


async def test_of_two_keys_one_is_revoked_alone(server, board):
    new = await server.client.post("/api/v1/keys", {"device": ONE, "rotate": True})
    await server.client.delete(f"/api/v1/keys/{new['id']}")
    assert [(await board.send(key=key))[0] for key in (board.key, new["key"])] == [200, 401]


async def test_a_time_signed_with_one_key_is_not_taken_again_with_the_other(server, board):
    new = await server.client.post("/api/v1/keys", {"device": ONE, "rotate": True})
    now_us = board.now_us()
    assert [(await board.send(key=key, time_us=now_us))[0] for key in (board.key, new["key"])] == [200, 401]


async def test_a_board_never_has_more_than_two_good_keys(server, board):
    for _ in range(3):
        await server.client.post("/api/v1/keys", {"device": ONE, "rotate": True})
    good = [key["good"] for key in (await server.client.get("/api/v1/keys"))["keys"]]
    assert good == [False, False, True, True]


async def test_a_second_key_is_refused_with_the_way_to_another(server, board):
    status, answer = await server.ask("POST", "/api/v1/keys", json={"device": ONE})
    assert status == 409 and "rotate" in answer["hint"]


async def test_keys_outlive_the_server(start_server):
    server = await with_keys(start_server)
    board = await board_with_key(server)
    await server.stop()
    board.server = await with_keys(start_server)
    assert (await board.send())[0] == 200


async def test_what_was_taken_before_a_restart_is_not_taken_again(start_server):
    server = await with_keys(start_server)
    board = await board_with_key(server)
    body = board.window()
    headers = board.headers(body)
    assert (await board.post(body, headers))[0] == 200
    await server.stop()
    board.server = await with_keys(start_server)
    assert (await board.post(body, headers))[0] == 401


@pytest.mark.parametrize("device", ["", "ref-192.168.1.20", "0200000000", "02000000000G", "0200000000AA"])
async def test_a_key_is_for_a_mac(server, device):
    assert (await server.ask("POST", "/api/v1/keys", json={"device": device}))[0] == 400
