"""Nonsense: 20,000 pieces of it, where `make prove` has ten million, and what is hardly HTTP."""

import asyncio
import contextlib

import prove_fuzz
import pytest

LONG = b"a" * 100_000
MALFORMED = {
    "nothing but a line": b"\r\n\r\n",
    "no method": b" / HTTP/1.1\r\n\r\n",
    "no version": b"GET /\r\n\r\n",
    "a version of nobody": b"GET / HTTP/9.9\r\n\r\n",
    "zeros": bytes(2000),
    "a TLS hello": bytes.fromhex("16030100c8010000c40303") + bytes(200),
    "a long path": b"GET /" + LONG + b" HTTP/1.1\r\n\r\n",
    "a long header": b"GET / HTTP/1.1\r\nHost: localhost\r\nX: " + LONG + b"\r\n\r\n",
    "many headers": b"GET / HTTP/1.1\r\nHost: localhost\r\n" + b"X: y\r\n" * 5000 + b"\r\n",
    "two hosts": b"GET /healthz HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
    "a header without a colon": b"GET / HTTP/1.1\r\nHost localhost\r\n\r\n",
    "a folded header": b"GET / HTTP/1.1\r\nHost: localhost\r\nX: a\r\n b\r\n\r\n",
    "a length below zero": b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: -1\r\n\r\n",
    "a length of letters": b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: ten\r\n\r\n",
    "two lengths": b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
    "a length and chunks": (
        b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"
    ),
    "chunks of letters": b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nab\r\n",
    "a chunk without end": (
        b"POST / HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
        b"Transfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\nab"
    ),
    "an upgrade": b"GET / HTTP/1.1\r\nHost: x\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n",
    "another protocol": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "bytes in the path": b"GET /\xff\xfe%00%zz HTTP/1.1\r\nHost: localhost\r\n\r\n",
    "a path of another host": b"GET http://[::1/ HTTP/1.1\r\nHost: localhost\r\n\r\n",
    "a tunnel": b"CONNECT localhost:1 HTTP/1.1\r\nHost: localhost\r\n\r\n",
    "a host of nonsense": b"GET / HTTP/1.1\r\nHost: [\r\n\r\n",
    "an origin of nonsense": b"POST / HTTP/1.1\r\nHost: localhost\r\nOrigin: http://[\r\n\r\n",
}


@pytest.fixture(scope="module")
def fuzzed(tmp_path_factory):
    return prove_fuzz.run(tmp_path_factory.mktemp("fuzz"), 20_000)


def test_nonsense_is_taken_or_refused_in_words(fuzzed):
    assert fuzzed["failed"] == {} and fuzzed["errors_of_libraries"] == 0


def test_some_of_the_nonsense_is_taken(fuzzed):
    """Else nothing but the first check of each kind would be tried."""
    taken = {kind: count for kind, count in fuzzed.items() if kind.endswith("_taken")}
    assert taken.keys() == {"frame_taken", "json_taken", "header_taken"} and min(taken.values()) > 100
    assert fuzzed["status_200"] > 5


@pytest.mark.parametrize("said", MALFORMED.values(), ids=MALFORMED)
async def test_what_is_hardly_http_is_no_failure(server, caplog, said):
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
    writer.write(said)
    answer = b""
    with contextlib.suppress(TimeoutError, ConnectionError):
        answer = await asyncio.wait_for(reader.read(4096), 0.5)
    writer.close()
    assert not answer.startswith(b"HTTP/1.1 5")
    assert (await server.ask("GET", "/healthz"))[0] == 200
    assert not [record for record in caplog.records if record.levelname == "ERROR"]
