"""What people may: by token, by cookie, by role; and what is noted of it."""

import asyncio
import hashlib

import pytest
from judder.server.api.guards import COOKIE
from judder.server.api.keys import TOKENS
from judder.server.api.routes import ROUTES
from judder.server.services.sessions import LASTS_S
from judder.server.services.tokens import Role

from tests.host.alerting import ALERT, DEVICE
from tests.host.signing import board_with_key, with_keys
from tests.host.test_openapi import path_of

ROLES = ("look", "answer", "administer")


@pytest.fixture
async def server(start_server):
    return await with_keys(start_server)


async def token_for(server, role):
    """Return the headers of somebody who has this role."""
    made = await server.client.post("/api/v1/tokens", {"name": f"of {role}", "role": role})
    return {"Authorization": f"Bearer {made['token']}"}


@pytest.mark.parametrize("role", ROLES)
async def test_each_route_is_for_its_role_and_those_above(server, role):
    headers, allowed = await token_for(server, role), Role[role.upper()]
    for route in ROUTES:
        if route.is_open or route.of_boards or not isinstance(route.gives, type):
            continue
        status, answer = await server.ask(route.method, path_of(route), headers=headers)
        assert (status == 403) is (route.least > allowed), (route.method, route.path, answer)


async def test_who_only_looks_may_not_send_windows(server):
    status, _ = await server.ask("POST", "/api/v1/windows", headers=await token_for(server, "look"))
    assert status == 403


async def test_a_revoked_token_and_its_logins_are_out_at_once(server):
    headers = await token_for(server, "look")
    session = await log_in(server, headers)
    (row,) = (await server.client.get("/api/v1/tokens"))["tokens"]
    await server.client.delete(f"/api/v1/tokens/{row['id']}")
    assert (await server.ask("GET", "/api/v1/alerts", headers=headers))[0] == 401
    assert await status_by(server, session) == 401


async def log_in(server, headers):
    """Return the cookie that a login with the token of headers gives."""
    token = headers["Authorization"].removeprefix("Bearer ")
    async with server.client._session.post(
        f"{server.client.url}/api/v1/session", json={"token": token}
    ) as answer:
        assert answer.status == 200
        cookie = answer.cookies[COOKIE]
    assert cookie["httponly"] and cookie["samesite"] == "Strict" and int(cookie["max-age"]) == LASTS_S
    return cookie.value


async def status_by(server, cookie, path="/api/v1/alerts", method="GET"):
    """Return the status of a request that shows a cookie and no token."""
    server.client._session.headers.pop("Authorization", None)
    server.client._session.cookie_jar.clear()
    return (await server.ask(method, path, cookies={COOKIE: cookie}))[0]


async def test_a_cookie_is_as_good_as_its_token_and_no_better(server):
    cookie = await log_in(server, await token_for(server, "look"))
    assert await status_by(server, cookie) == 200
    assert await status_by(server, cookie, "/api/v1/keys") == 403


async def test_who_logged_out_is_out(server):
    cookie = await log_in(server, await token_for(server, "look"))
    assert await status_by(server, cookie, "/api/v1/session", "DELETE") == 200
    assert await status_by(server, cookie) == 401


async def test_a_login_ends_after_thirty_days(start_server):
    now = [1_800_000_000.0]
    server = await with_keys(start_server, clock=lambda: now[0])
    cookie = await log_in(server, await token_for(server, "look"))
    now[0] += LASTS_S - 1
    assert await status_by(server, cookie) == 200
    now[0] += 2
    assert await status_by(server, cookie) == 401


async def test_logins_outlive_the_server(start_server):
    server = await with_keys(start_server)
    cookie = await log_in(server, await token_for(server, "look"))
    await server.stop()
    assert await status_by(await with_keys(start_server), cookie) == 200


async def test_a_login_by_the_settings_token_ends_when_that_is_another(start_server):
    server = await with_keys(start_server)
    cookie = await log_in(server, dict(server.client._session.headers))
    await server.stop()
    other = await start_server(token="another")
    assert await status_by(other, cookie) == 401


async def test_a_page_of_another_site_logs_nobody_in(server):
    wrong = {"Origin": "http://evil.example"}
    status, _ = await server.ask("POST", "/api/v1/session", json={"token": "x"}, headers=wrong)
    assert status == 403


async def test_the_first_start_makes_an_administrators_token_and_later_ones_none(start_server):
    first = await start_server(require_keys=True)
    token = first.app[TOKENS].first
    headers = {"Authorization": f"Bearer {token}"}
    assert (await first.ask("GET", "/api/v1/keys", headers=headers))[0] == 200
    await first.stop()
    second = await start_server(require_keys=True)
    assert second.app[TOKENS].first is None
    assert (await second.ask("GET", "/api/v1/keys", headers=headers))[0] == 200


@pytest.mark.parametrize(
    "settings", [{}, {"token": "given by hand"}], ids=["no keys", "a token in the settings"]
)
async def test_no_token_is_made_where_there_is_an_administrator_or_no_need(start_server, settings):
    server = await start_server(**settings)
    assert server.app[TOKENS].first is None and server.app[TOKENS].list() == ()


async def test_only_the_sha_256_of_a_token_and_of_a_cookie_is_on_disk(start_server, tmp_path):
    server = await with_keys(start_server)
    headers = await token_for(server, "look")
    secrets = [await log_in(server, headers), headers["Authorization"].removeprefix("Bearer ")]
    await server.stop()
    on_disk = b"".join(file.read_bytes() for file in (tmp_path / "data").glob("judder.sqlite3*"))
    for secret in secrets:
        assert secret.encode() not in on_disk
        assert hashlib.sha256(secret.encode()).hexdigest().encode() in on_disk


async def test_the_last_administrator_cannot_be_revoked(start_server):
    server = await start_server(require_keys=True)
    headers = {"Authorization": f"Bearer {server.app[TOKENS].first}"}
    status, answer = await server.ask("DELETE", "/api/v1/tokens/1", headers=headers)
    assert status == 409 and "Make another" in answer["hint"]


async def test_two_tokens_cannot_have_one_name(server):
    await token_for(server, "look")
    wish = {"name": "of look", "role": "administer"}
    assert (await server.ask("POST", "/api/v1/tokens", json=wish))[0] == 409


async def test_where_no_keys_are_needed_everybody_administers(start_server):
    server = await start_server()
    assert await server.client.get("/api/v1/session") == {
        "name": "page of loopback",
        "role": "administer",
        "needed": False,
    }


async def notes(server):
    return (await server.client.get("/api/v1/audit"))["audit"]


async def test_every_change_is_noted_with_who_made_it_the_newest_first(start_server):
    server = await with_keys(start_server, clock=lambda: 1_800_000_000.0)
    await server.send(flags=ALERT)
    anna = await token_for(server, "answer")
    await server.ask("PATCH", "/api/v1/alerts/1", json={"acknowledged": True}, headers=anna)
    await board_with_key(server, "0200000000ff")
    found = [(note["who"], note["what"], note["about"]) for note in await notes(server)]
    assert found == [
        ("the settings' token", "add key", "device 0200000000ff"),
        ("of answer", "change alert", "1, acknowledged True"),
        ("the settings' token", "add token", "name of answer, role answer"),
    ]
    assert {note["at_us"] for note in await notes(server)} == {1_800_000_000_000_000}


async def test_a_login_is_noted_with_where_it_came_from(server):
    await log_in(server, await token_for(server, "look"))
    server.client._session.cookie_jar.clear()
    newest = (await notes(server))[0]
    assert (newest["who"], newest["what"], newest["about"]) == ("of look", "log in", "127.0.0.1")


async def test_what_was_refused_or_only_read_is_not_noted(server):
    await server.client.get("/api/v1/alerts")
    await server.ask("PATCH", "/api/v1/alerts/9", json={"acknowledged": True})
    await server.ask("POST", "/api/v1/recordings", json={"condition": 5})
    assert await notes(server) == []


async def test_what_boards_send_is_not_noted(server):
    await server.send()
    await server.client.post(f"/api/v1/devices/{DEVICE}/status", {"name": "attic"})
    assert await notes(server) == []


async def test_a_change_is_noted_that_nobody_needed_a_token_for(start_server):
    server = await start_server()
    await server.client.post("/api/v1/recordings", {"condition": "low/normal"})
    (note,) = await notes(server)
    assert (note["who"], note["about"]) == ("page of loopback", "condition low/normal")


REBOUND = ["evil.example", "evil.example:1337", "localhost.evil.example", "127.0.0.1.evil.example", "x"]


@pytest.mark.parametrize("name", REBOUND)
@pytest.mark.parametrize("keys", [False, True])
async def test_by_a_name_of_others_a_browser_reads_and_changes_nothing(start_server, name, keys):
    server = await (with_keys(start_server) if keys else start_server())
    as_browser = {"Host": name, "Origin": f"http://{name}"}
    for method, path in (("GET", "/api/v1/devices"), ("POST", "/api/v1/recordings"), ("GET", "/healthz")):
        status, answer = await server.ask(method, path, json={"condition": "a"}, headers=as_browser)
        assert status == 403 and "allowed_hosts" in answer["hint"]
    without_origin = {"Host": name}
    assert (await server.ask("GET", "/api/v1/devices", headers=without_origin))[0] == 403


async def test_by_a_name_of_others_a_browser_sends_no_windows(server):
    as_browser = {"Host": "evil.example", "Origin": "http://evil.example"}
    assert (await server.ask("POST", "/api/v1/windows", headers=as_browser))[0] == 403


async def test_what_a_board_posts_may_call_the_server_by_any_name(start_server):
    server = await start_server()
    path = f"/api/v1/devices/{DEVICE}/status"
    assert (await server.ask("POST", path, json={}, headers={"Host": "nas.example"}))[0] == 200


OURS = [
    "localhost",
    "LOCALHOST:80",
    "127.0.0.1",
    "[::1]:1337",
    "192.168.1.20",
    "judder.local",
    "nas.example",
    "fan.example",
]


@pytest.mark.parametrize("name", OURS)
async def test_addresses_and_names_of_ours_are_right(start_server, name):
    server = await start_server(allowed_hosts=["NAS.example"], public_url="https://fan.example/judder")
    assert (await server.ask("GET", "/api/v1/devices", headers={"Host": name}))[0] == 200


async def test_a_request_without_a_host_comes_from_no_browser(start_server):
    server = await start_server()
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
    writer.write(b"GET /api/v1/devices HTTP/1.0\r\n\r\n")
    assert b" 200 " in await asyncio.wait_for(reader.readline(), 10)
    writer.close()


async def test_the_database_and_its_folder_are_its_owners_alone(start_server, tmp_path):
    server = await start_server(data_dir=tmp_path / "new" / "data")
    await server.send()
    folder = tmp_path / "new" / "data"
    assert folder.stat().st_mode & 0o777 == 0o700
    modes = {file.name: file.stat().st_mode & 0o777 for file in folder.glob("judder.sqlite3*")}
    assert {"judder.sqlite3", "judder.sqlite3-wal"} <= set(modes) and set(modes.values()) == {0o600}


async def test_a_database_of_before_that_others_read_is_closed_to_them(start_server, tmp_path):
    server = await start_server()
    await server.stop()
    file = tmp_path / "data" / "judder.sqlite3"
    file.chmod(0o644)
    await start_server()
    assert file.stat().st_mode & 0o777 == 0o600
