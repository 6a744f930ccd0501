"""Who may only look takes nothing from others: neither their logins, nor the notes of what was done."""

from judder.server.services import sessions

from tests.host.signing import ONE, with_keys
from tests.host.test_rights import log_in, status_by, token_for


async def notes(server):
    """Return what was noted, the oldest first."""
    return [note["what"] for note in reversed((await server.client.get("/api/v1/audit"))["audit"])]


async def test_however_often_one_logs_in_others_stay_logged_in(start_server, monkeypatch):
    monkeypatch.setattr(sessions, "MOST", 3)
    server = await with_keys(start_server)
    looker = await token_for(server, "look")
    own = await log_in(server, dict(server.client._session.headers))
    cookies = [await log_in(server, looker) for _ in range(5)]
    assert await status_by(server, own) == 200
    assert [await status_by(server, cookie) for cookie in cookies] == [401, 401, 200, 200, 200]


async def test_to_log_in_and_out_again_and_again_pushes_no_note_out(start_server):
    server = await with_keys(start_server)
    looker = await token_for(server, "look")
    for _ in range(5):
        await log_in(server, looker)
        await server.ask("DELETE", "/api/v1/session", headers=looker)
    assert await notes(server) == ["add token", "log in", "log out"]


async def test_a_login_an_hour_later_is_noted_again(start_server):
    now_s = [1_800_000_000.0]
    server = await with_keys(start_server, clock=lambda: now_s[0])
    for _ in range(2):
        await log_in(server, dict(server.client._session.headers))
        now_s[0] += 3600
    assert await notes(server) == ["log in", "log in"]


async def test_what_changes_something_is_noted_each_time(start_server):
    server = await with_keys(start_server)
    await server.client.post("/api/v1/keys", {"device": ONE})
    for _ in range(2):
        await server.client.post("/api/v1/keys", {"device": ONE, "rotate": True})
    assert await notes(server) == ["add key", "add key", "add key"]
