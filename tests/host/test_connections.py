"""Connections that only wait: none lives for ever, and none shuts out a board."""

import asyncio
import contextlib
import errno
import itertools
import json

import pytest
from judder.server.api import events
from judder.server.edge import connection, gate
from judder.server.edge.files import most_connections
from judder_core import wire

from tests.host.conftest import frame

HEAD = b"POST /api/v1/windows HTTP/1.1\r\nHost: localhost\r\n"
SLOW = {
    "no byte": b"",
    "half a head": HEAD,
    "a head without its body": HEAD
    + b"Content-Type: %b\r\nContent-Length: 500\r\n\r\n" % wire.CONTENT_TYPE.encode(),
    "half a body": HEAD + b"Content-Type: %b\r\nContent-Length: 500\r\n\r\nJW" % wire.CONTENT_TYPE.encode(),
    "half a chunk": HEAD + b"Transfer-Encoding: chunked\r\n\r\n5\r\nab",
    "half a body nobody reads": b"POST /nowhere HTTP/1.1\r\nHost: localhost\r\nContent-Length: 500\r\n\r\nab",
    "an answer, and no more": b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n",
    "an answer, and half a head": b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\nGET /",
}


@pytest.fixture
def hurried(monkeypatch):
    """Let nobody wait for longer than .3 s, and look every 50 ms."""
    for name in ("IDLE_S", "HEAD_S", "BODY_S", "LINGER_S"):
        monkeypatch.setattr(connection, name, 0.3)
    monkeypatch.setattr(gate, "LOOK_EVERY_S", 0.05)


@contextlib.asynccontextmanager
async def connected(port, said=b"", address="127.0.0.1"):
    reader, writer = await asyncio.open_connection("127.0.0.1", port, local_addr=(address, 0))
    writer.write(said)
    yield reader, writer
    writer.close()


async def rest(reader):
    """Return all that comes until the other side ends the connection."""
    with contextlib.suppress(ConnectionError):
        return await asyncio.wait_for(reader.read(), 30)


async def post(reader, writer, seq=0, device=b"\2\0\0\0\0\1"):
    """Post a window on a connection that is kept; return the status of the answer."""
    body = bytes(frame(seq=seq, device_id=device))
    head = HEAD + f"Content-Type: {wire.CONTENT_TYPE}\r\nContent-Length: {len(body)}\r\n\r\n".encode()
    writer.write(head + body)
    answer = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 30)
    length = int(answer.lower().split(b"content-length: ")[1].split(b"\r\n")[0])
    json.loads(await reader.readexactly(length))
    return int(answer.split()[1])


@pytest.mark.parametrize("said", SLOW.values(), ids=SLOW)
async def test_a_connection_is_closed_after(hurried, start_server, said):
    server = await start_server()
    async with connected(server.port, said) as (reader, _):
        await rest(reader)


async def test_a_body_that_drips_is_closed_as_well(hurried, server):
    async with connected(server.port, SLOW["a head without its body"]) as (reader, writer):

        async def drip():
            while True:
                writer.write(b"x")
                await asyncio.sleep(0.05)

        dripping = asyncio.create_task(drip())
        await rest(reader)
        dripping.cancel()


async def test_who_is_answered_in_time_stays(hurried, server):
    async with connected(server.port) as (reader, writer):
        for seq in range(8):
            await asyncio.sleep(0.1)
            assert await post(reader, writer, seq) == 200


async def test_a_page_that_listens_stays(hurried, server):
    async with connected(server.port, b"GET /api/v1/events HTTP/1.1\r\nHost: localhost\r\n\r\n") as (
        reader,
        _,
    ):
        await asyncio.sleep(1)
        assert not reader.at_eof()


async def fill(stack, port, n, said=b"", address="127.0.0.1"):
    for _ in range(n):
        await stack.enter_async_context(connected(port, said, address))


@pytest.mark.parametrize("said", [SLOW["no byte"], SLOW["half a head"], SLOW["half a body"]])
async def test_strangers_that_only_wait_make_room_for_boards(start_server, said):
    server = await start_server(max_connections=32)
    async with contextlib.AsyncExitStack() as stack:
        boards = [await stack.enter_async_context(connected(server.port)) for _ in range(8)]
        for k, board in enumerate(boards):
            assert await post(*board, device=bytes([2, 0, 0, 0, 0, k])) == 200
        for turn in range(1, 5):
            await fill(stack, server.port, 40, said)
            for k, board in enumerate(boards):
                assert await post(*board, seq=turn, device=bytes([2, 0, 0, 0, 0, k])) == 200


async def test_a_new_board_gets_in_where_all_others_were_answered_before(start_server):
    server = await start_server(max_connections=16)
    async with contextlib.AsyncExitStack() as stack:
        await fill(stack, server.port, 16, b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")
        await asyncio.sleep(0.3)
        async with connected(server.port) as board:
            assert await post(*board) == 200


async def test_one_address_cannot_fill_the_server(start_server):
    server = await start_server(max_connections=32, max_connections_per_address=4)
    async with contextlib.AsyncExitStack() as stack:
        boards = [await stack.enter_async_context(connected(server.port)) for _ in range(3)]
        await fill(stack, server.port, 40, address="127.0.0.2")
        for k, board in enumerate(boards):
            assert await post(*board, device=bytes([2, 0, 0, 0, 0, k])) == 200


def test_connections_leave_files_for_the_rest(monkeypatch):
    monkeypatch.setattr("judder.server.edge.files.raise_limit", lambda: 1024)
    assert most_connections(2000) == 896


async def test_a_server_without_a_file_left_accepts_again_once_there_are(start_server, monkeypatch):
    loop, failed = asyncio.get_running_loop(), itertools.count()
    accept = loop.sock_accept

    async def without_files(listener):
        if next(failed) < 3:
            raise OSError(errno.EMFILE, "Too many open files")
        return await accept(listener)

    monkeypatch.setattr(loop, "sock_accept", without_files)
    server = await start_server()
    assert (await server.ask("GET", "/healthz"))[0] == 200 and next(failed) >= 4


EVENTS = b"GET /api/v1/events HTTP/1.1\r\nHost: localhost\r\n\r\n"


async def test_pages_beyond_the_limit_are_told_to_come_again(start_server):
    server = await start_server(max_pages=2)
    async with contextlib.AsyncExitStack() as stack:
        for _ in range(2):
            reader, _ = await stack.enter_async_context(connected(server.port, EVENTS))
            assert b"200 OK" in await reader.readline()
        status, error = await server.ask("GET", "/api/v1/events")
        assert status == 503 and "pages" in error["error"]


async def test_a_page_that_reads_nothing_comes_to_an_end_though_nothing_happens(monkeypatch, server):
    for name in ("LIFE_S", "IDLE_S"):
        monkeypatch.setattr(events, name, 0.3)
    async with connected(server.port, EVENTS) as (reader, _):
        await rest(reader)


async def test_events_are_passed_on_at_once_by_proxies_that_would_gather_them(server):
    async with connected(server.port, EVENTS) as (reader, _):
        assert b"\r\nX-Accel-Buffering: no\r\n" in await reader.readuntil(b"\r\n\r\n")
