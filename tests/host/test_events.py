"""The event bus: who hears what, what a page that was away gets, and that nobody slow is waited for."""

import asyncio
import contextlib
import json
import socket
import time

import aiohttp
import pytest
from judder.server.api.keys import EVENTS
from judder.server.services.events import MOST_KEPT, MOST_WAITING, Events


@pytest.fixture
def events():
    return Events(run="a")


def publish(events, n, kind="window"):
    for k in range(n):
        events.publish(kind, {"k": k})


async def test_a_listener_hears_in_order_what_is_published(events):
    with events.subscribe() as subscription:
        publish(events, 3)
        assert [event.data["k"] for event in await subscription.take()] == [0, 1, 2]


async def test_a_listener_to_one_kind_hears_no_other(events):
    with events.subscribe("alert") as subscription:
        publish(events, 2 * MOST_WAITING)
        publish(events, 1, "alert")
        assert [event.kind for event in await subscription.take()] == ["alert"]


async def test_iteration_ends_with_the_server(events):
    with events.subscribe() as subscription:
        publish(events, 1)
        asyncio.get_running_loop().call_soon(events.end)
        assert [event.kind async for event in subscription] == ["window"]


async def test_who_was_away_gets_what_came_meanwhile(events):
    publish(events, 5)
    with events.subscribe(since="a-3") as subscription:
        assert [event.id for event in await subscription.take()] == ["a-4", "a-5"]


async def test_who_missed_nothing_gets_nothing(events):
    publish(events, 5)
    with events.subscribe(since="a-5") as subscription:
        assert await subscription.take(0.01) == []


@pytest.mark.parametrize("since", ["", "b-3", "a-9999999", "a-", "a-x", "nonsense", "a-1"])
async def test_who_cannot_be_caught_up_is_told_to_ask_anew(events, since):
    publish(events, MOST_KEPT + 10)
    with events.subscribe(since=since) as subscription:
        assert [event.kind for event in await subscription.take()] == ["resync"]


async def test_a_full_queue_is_emptied_and_says_so(events):
    with events.subscribe() as subscription:
        publish(events, MOST_WAITING + 1)
        taken = await subscription.take()
    assert [event.kind for event in taken] == ["resync", "window"]
    assert taken[-1].data["k"] == MOST_WAITING


class Stream:
    """A page's connection to /api/v1/events of a server, read event by event."""

    def __init__(self, server, last_id="", token=""):
        authorization = {"Authorization": f"Bearer {token}"} if token else {}
        self._request = server.client._session.get(
            f"{server.client.url}/api/v1/events", headers={"Last-Event-ID": last_id, **authorization}
        )

    async def __aenter__(self):
        self.response = await self._request.__aenter__()
        return self

    async def __aexit__(self, *error):
        self.response.close()

    async def next(self, kind):
        """Return (id, data) of the next event of kind."""
        while True:
            lines = (await self.response.content.readuntil(b"\n\n")).decode().strip().split("\n")
            fields = dict(line.split(": ", 1) for line in lines)
            if fields["event"] == kind:
                return fields.get("id"), json.loads(fields["data"])


async def test_a_stored_window_reaches_the_page(server):
    async with Stream(server) as stream:
        await stream.next("resync")
        await server.send(seq=7)
        _, board = await stream.next("window")
    assert (board["device_id"], board["state"], board["last"]["seq"]) == ("020000000001", "learning", 7)


async def test_a_page_that_comes_back_gets_the_windows_it_missed(server):
    async with Stream(server) as stream:
        await server.send(seq=0)
        last_id, _ = await stream.next("window")
    for seq in (1, 2):
        await server.send(seq=seq)
    async with Stream(server, last_id) as stream:
        assert [(await stream.next("window"))[1]["last"]["seq"] for _ in "12"] == [1, 2]


async def test_the_events_need_the_token(start_server):
    server = await start_server(token="secret")
    assert (await server.ask("GET", "/api/v1/events", headers={"Authorization": "Bearer no"}))[0] == 401
    async with Stream(server, token="secret") as stream:
        await stream.next("resync")


@pytest.mark.parametrize("way_in", ["token", "cookie"])
async def test_the_events_end_when_whoever_reads_them_is_out(start_server, way_in):
    server = await start_server(token="secret", require_keys=True)
    made = await server.client.post("/api/v1/tokens", {"name": "anna", "role": "look"})
    if way_in == "cookie":
        server.client._session._cookie_jar = aiohttp.CookieJar(unsafe=True)  # of an address, too
        await server.client.post("/api/v1/session", {"token": made["token"]})
        del server.client._session.headers["Authorization"]
    async with Stream(server, token=made["token"] if way_in == "token" else "") as stream:
        await stream.next("resync")
        await server.client._session.delete(
            f"{server.client.url}/api/v1/tokens/{made['id']}", headers={"Authorization": "Bearer secret"}
        )
        server.app[EVENTS].publish("window", {"secret": True})
        rest = await asyncio.wait_for(stream.response.content.read(), 20)
    assert b"secret" not in rest


async def test_a_page_that_never_reads_holds_up_nobody(server):
    """A stalled socket with the smallest buffer: 3 MB of events, and windows are answered as before."""
    with contextlib.closing(socket.socket()) as stalled:
        stalled.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        stalled.connect(("127.0.0.1", server.port))
        stalled.sendall(b"GET /api/v1/events HTTP/1.1\r\nHost: localhost\r\n\r\n")
        await asyncio.sleep(0.3)
        for _ in range(3):
            server.app[EVENTS].publish("window", {"filling": "x" * 1_000_000})
            await asyncio.sleep(0.3)
        started = time.monotonic()
        await server.send(seq=1)
        assert time.monotonic() - started < 5  # it would be 20 s if anything waited for that page
