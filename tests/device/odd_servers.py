"""Servers as no board expects them: each is what it writes, once it has the request.

`<seq>` in an answer becomes the number of the last window in the request. An answer in TAKES says, in its odd
way, that the windows were taken; one in REFUSES, that they never will be; after one in LATER they are still
the board's.
"""

import asyncio
import json
import socket
import struct

HEAD = b"HTTP/1.1 200 OK\r\n"
HANG = object()  # say nothing more, and keep the connection open
RESET = object()


def reply(**changes):
    """Return the JSON of an answer to a window, changed."""
    answer = {
        "device_id": "0200000000a1",
        "boot_id": 0,
        "seq": "<seq>",
        "judged_by": None,
        "alarming": None,
        "window_level": None,
        "state": None,
        "record": False,
        "server_time_us": 1790000000000000,
        "commands": [],
    }
    return json.dumps({**answer, **changes}).replace('"<seq>"', "<seq>").encode()


def sized(body, head=HEAD, more=b""):
    """Return an answer whose length is right once <seq> is a number of two digits."""
    length = len(body.replace(b"<seq>", b"00"))
    return head + more + b"Content-Length: %d\r\n\r\n" % length + body


def status(line, body=b"", more=b""):
    return sized(body, b"HTTP/1.1 " + line + b"\r\n", more)


def chunked(*chunks, end=b"0\r\n\r\n", more=b""):
    parts = b"".join(b"%x\r\n%s\r\n" % (len(chunk.replace(b"<seq>", b"00")), chunk) for chunk in chunks)
    return HEAD + b"Transfer-Encoding: chunked\r\n" + more + b"\r\n" + parts + end


GOOD = reply()
STALE = b'{"error": "Stale.", "signing_time_us": %b}'
PAGE = b"<!DOCTYPE html><html><body>Please log in to <b>Hotel Wi-Fi</b></body></html>"
ERROR = b'{"error": "The token is wrong.", "hint": "Set server.token."}'

TAKES = {
    "close after each answer": [sized(GOOD, more=b"Connection: close\r\n")],
    "close that is not announced": [sized(GOOD)],
    "HTTP 1.0 without a length": [b"HTTP/1.0 200 OK\r\n\r\n" + GOOD],
    "no length, then closed": [HEAD + b"\r\n" + GOOD],
    "names in any case": [HEAD + b"cOnTeNt-LeNgTh :  %d \r\n\r\n" % (len(GOOD) - 3) + GOOD],
    "lines that end in LF alone": [sized(GOOD).replace(b"\r\n", b"\n")],
    "chunked": [chunked(GOOD), HANG],
    "chunked in pieces, with extensions and trailers": [
        chunked(GOOD[:40], GOOD[40:], end=b"0;x=y\r\nExpires: never\r\nX: y\r\n\r\n").replace(
            b"28\r\n", b"28;a=b\r\n"
        )
    ],
    "byte for byte": [*(bytes([byte]) for byte in chunked(GOOD).replace(b"<seq>", b"@")), HANG],
    "an early hint first": [b"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n" + sized(GOOD), HANG],
    "a hundred continues first": [b"HTTP/1.1 100 Continue\r\n\r\n" * 100 + sized(GOOD), HANG],
    "a cookie of 5 kB": [sized(GOOD, more=b"Set-Cookie: " + b"x" * 5000 + b"\r\n"), HANG],
    "folded fields": [sized(GOOD, more=b"Server: odd\r\n  and folded\r\n\tstill\r\nno colon\r\n"), HANG],
    "two answers to one request": [sized(GOOD) * 2, HANG],
    "rubbish after the answer": [sized(GOOD) + b"\0\xff" * 50, HANG],
    "a clock far ahead": [sized(reply(server_time_us=9 * 10**18)), HANG],
    "a clock in 1970": [sized(reply(server_time_us=0)), HANG],
    "a clock before all time": [sized(reply(server_time_us=-(10**30))), HANG],
    "a clock that is a text": [sized(reply(server_time_us="now")), HANG],
    "a clock that is null": [sized(reply(server_time_us=None)), HANG],
    "a clock that is a list": [sized(reply(server_time_us=[[1]])), HANG],
    "a clock that is true": [sized(reply(server_time_us=True)), HANG],
    "a clock in floating point": [sized(reply(server_time_us=1.79e15)), HANG],
    "record is a text": [sized(reply(record="yes")), HANG],
    "commands are null": [sized(reply(commands=None)), HANG],
    "commands are a number": [sized(reply(commands=5)), HANG],
    "commands are of all kinds": [sized(reply(commands=[None, 1, "x", [], {}, {"reboot": 1}])), HANG],
    "a model that is a number": [sized(reply(commands=[{"model": 5}])), HANG],
    "a model from another folder": [sized(reply(commands=[{"model": "../../boot-0123abcd"}])), HANG],
    "a model without a hash": [sized(reply(commands=[{"model": "fan"}])), HANG],
    "a model with a long name": [sized(reply(commands=[{"model": "f" * 300 + "-0123abcd"}])), HANG],
    "a model with half a letter": [sized(reply(commands=[{"model": "f\ud800-0123abcd"}])), HANG],
    "a verdict of wrong kinds": [sized(reply(judged_by="host", window_level=["alarm"], state=["x"])), HANG],
    "a level nobody knows": [sized(reply(judged_by="host", window_level="panic", state="alarm")), HANG],
    "a level and no state": [sized(reply(judged_by="host", window_level="alarm", state=None)), HANG],
    "a verdict with a long state": [
        sized(reply(judged_by="host", window_level="alarm", state="x" * 200)),
        HANG,
    ],
    "a verdict with half a letter": [
        sized(reply(judged_by="host", window_level="alarm", state="\udfff")),
        HANG,
    ],
    "a key twice, and keys nobody knows": [sized(GOOD[:-1] + b', "record": 1, "x": {"y": [1, {}]}}'), HANG],
}
LATER = {
    "closed at once": [],
    "no answer": [HANG],
    "reset": [RESET],
    "zeros": [b"\0" * 1000],
    "all bytes": [bytes(range(256)) * 8],
    "empty lines": [b"\r\n" * 50],
    "SSH": [b"SSH-2.0-OpenSSH_9.2\r\n", HANG],
    "mail": [b"220 mail.example.org ESMTP\r\n", HANG],
    "TLS": [b"\x15\x03\x01\x00\x02\x02\x46"],
    "half a status line": [b"HTTP/1."],
    "half a status line, then silence": [b"HTTP/1.", HANG],
    "a status line alone": [HEAD],
    "a status that is no number": [b"HTTP/1.1 fine OK\r\n\r\n"],
    "a status of no meaning": [status(b"999 What")],
    "a status of many digits": [b"HTTP/1.1 " + b"2" * 90 + b" OK\r\n\r\n", HANG],
    "no status": [b"HTTP/1.1\r\n\r\n", HANG],
    "half a head": [HEAD + b"Content-Length: 1"],
    "half a head, then silence": [HEAD + b"Content-Length: 1", HANG],
    "a head without end": [HEAD, *[b"X-Y: z\r\n" * 500] * 100, HANG],
    "a line without end": [HEAD + b"X: ", *[b"y" * 4000] * 100, HANG],
    "a body without end": [HEAD + b"\r\n", *[b"y" * 4000] * 100, HANG],
    "chunks without end": [HEAD + b"Transfer-Encoding: chunked\r\n\r\n", *[b"1\r\nx\r\n" * 500] * 50, HANG],
    "chunks with endless extensions": [HEAD + b"Transfer-Encoding: chunked\r\n\r\n1;", *[b"y" * 4000] * 50],
    "interim answers without end": [*[b"HTTP/1.1 100 Continue\r\n\r\n" * 100] * 50, HANG],
    "another protocol": [status(b"101 Switching Protocols", more=b"Upgrade: websocket\r\n"), HANG],
    "a length of a gigabyte": [HEAD + b"Content-Length: 1000000000\r\n\r\n" + GOOD, HANG],
    "a length beyond the body": [HEAD + b"Content-Length: 900\r\n\r\n" + GOOD],
    "a length short of the body": [HEAD + b"Content-Length: 20\r\n\r\n" + GOOD, HANG],
    "a length below zero": [HEAD + b"Content-Length: -5\r\n\r\n" + GOOD, HANG],
    "a length in words": [HEAD + b"Content-Length: many\r\n\r\n" + GOOD, HANG],
    "a length of many digits": [HEAD + b"Content-Length: " + b"9" * 100 + b"\r\n\r\n" + GOOD, HANG],
    "two lengths": [HEAD + b"Content-Length: 5, 6\r\n\r\n" + GOOD, HANG],
    "no length, never closed": [HEAD + b"\r\n" + GOOD, HANG],
    "an empty body": [sized(b""), HANG],
    "chunk of an odd size": [chunked(GOOD).replace(b"\r\n\r\n", b"\r\n\r\nzz\r\n", 1), HANG],
    "chunk of less than nothing": [HEAD + b"Transfer-Encoding: chunked\r\n\r\n-5\r\n", HANG],
    "chunks that break off": [chunked(GOOD, end=b"5\r\nab")],
    "gzip": [sized(b"\x1f\x8b\x08" + bytes(60), more=b"Content-Encoding: gzip\r\n"), HANG],
    "a portal's page": [sized(PAGE, more=b"Content-Type: text/html\r\n"), HANG],
    "a portal's page in chunks": [chunked(PAGE), HANG],
    "moved for now": [status(b"302 Found", more=b"Location: http://portal.example/login\r\n"), HANG],
    "moved for ever": [status(b"301 Moved Permanently", PAGE, b"Location: https://example.org\r\n"), HANG],
    "moved nowhere": [status(b"308 Permanent Redirect"), HANG],
    "moved to a long place": [status(b"307 Go", more=b"Location: " + b"h\xfc" * 4000 + b"\r\n"), HANG],
    "a wrong token": [status(b"401 Unauthorized", ERROR), HANG],
    "a signing time that never helps": [status(b"401 Stale", STALE % b"1790000000000000"), HANG],
    "a signing time of no number": [status(b"401 Stale", STALE % b'"now"'), HANG],
    "a signing time beyond all time": [status(b"401 Stale", STALE % b"9".ljust(40, b"9")), HANG],
    "a signing time of 1970": [status(b"401 Stale", STALE % b"1"), HANG],
    "a signing time in a list": [status(b"401 Stale", b'[{"signing_time_us": 1790000000000000}]'), HANG],
    "a refused client": [status(b"403 Forbidden", PAGE), HANG],
    "another service": [status(b"404 Not Found", b"not found"), HANG],
    "a method nobody knows": [status(b"405 Method Not Allowed"), HANG],
    "a proxy with a password": [status(b"407 Proxy Authentication Required"), HANG],
    "a server that is broken": [status(b"500 Internal Server Error", PAGE), HANG],
    "a proxy without a server": [status(b"502 Bad Gateway", PAGE, b"Connection: close\r\n")],
    "a busy server": [status(b"503 Service Unavailable", ERROR, b"Retry-After: 5\r\n"), HANG],
    "busy until a date": [status(b"503 Busy", b"", b"Retry-After: Fri, 31 Dec 1999 23:59:59 GMT\r\n"), HANG],
    "busy for a day": [status(b"429 Too Many Requests", b"", b"Retry-After: 86400\r\n"), HANG],
    "busy for ever": [status(b"503 Busy", b"", b"Retry-After: 9000000000000000000\r\n"), HANG],
    "busy until yesterday": [status(b"503 Busy", b"", b"Retry-After: -1\r\n"), HANG],
    "an error of a wrong kind": [status(b"500 Odd", b'{"error": {"x": [1]}}'), HANG],
    "an error with half a letter": [status(b"500 Odd", b'{"error": "\\ud800\\u0000\\n"}'), HANG],
    "nothing to say": [b"HTTP/1.1 204 No Content\r\n\r\n", HANG],
    "nothing new": [b"HTTP/1.1 304 Not Modified\r\nContent-Length: 50\r\n\r\n", HANG],
    "taken, but not by ours": [status(b"201 Created", GOOD), HANG],
    "JSON: a list": [sized(b"[]"), HANG],
    "JSON: null": [sized(b"null"), HANG],
    "JSON: a number": [sized(b"1e999"), HANG],
    "JSON: a text": [sized(b'"server_time_us"'), HANG],
    "JSON: nothing of ours": [sized(b'{"status": "ok"}'), HANG],
    "JSON: nested": [sized(b"[" * 4000), HANG],
    "JSON: objects nested": [sized(b'{"a":' * 800), HANG],
    "JSON: not a number": [sized(GOOD.replace(b"false", b"NaN")), HANG],
    "JSON: cut short": [sized(GOOD[:-1]), HANG],
    "JSON: not UTF-8": [sized(GOOD.replace(b"boot_id", b"boot\xff\xfe")), HANG],
    "JSON: keys of wrong kinds": [sized(b"{[]: 1, {}: 2}"), HANG],
    "JSON: another window's": [sized(reply(seq=4000000000)), HANG],
    "JSON: no window's": [sized(reply(seq=None)), HANG],
    "JSON: a window in words": [sized(reply(seq="one")), HANG],
    "JSON: 100 kB": [sized(GOOD[:-1] + b" " * 100000 + b"}"), HANG],
}
REFUSES = {
    "malformed, it says": [status(b"400 Bad Request", ERROR), HANG],
    "no fit": [status(b"409 Conflict", PAGE), HANG],
    "too large, and closes": [status(b"413 Payload Too Large", b"", b"Connection: close\r\n")],
    "of a kind it does not take": [status(b"415 What", b"\xff"), HANG],
    "damaged, it says": [status(b"422 Unprocessable", b'{"error": null}'), HANG],
}


class Server:
    """Odd until it is told to be good. stored: the numbers of the windows it took, as often as it did."""

    def __init__(self, parts, takes=False):
        self._parts = parts
        self._takes = takes
        self._server = None
        self._tasks = set()
        self.stored = []
        self.good = False

    async def __aenter__(self):
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_):
        self._server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def become_good(self):
        self.good = True
        for task in self._tasks:
            task.cancel()

    async def _serve(self, reader, writer):
        task = asyncio.current_task()
        self._tasks.add(task)
        try:
            while await self._answer(reader, writer):
                pass
        except (OSError, asyncio.IncompleteReadError):
            pass
        except asyncio.CancelledError:  # to close in order would end, well, an answer that has no length
            reset(writer)
        finally:
            self._tasks.discard(task)
            writer.close()

    async def _answer(self, reader, writer):
        """Answer one request; return whether the connection is kept."""
        seqs = await read_request(reader)
        if self.good or self._takes:
            self.stored.extend(seqs)
        for part in [sized(GOOD)] if self.good else self._parts:
            if part is HANG:
                return True
            if part is RESET:
                reset(writer)
                return False
            number = b"%02d" % (seqs[-1] if seqs else 0)
            writer.write(part.replace(b"<seq>", number).replace(b"@", number))
            await writer.drain()
        return self.good


def reset(writer):
    """End a connection by RST. abort() alone sends FIN where all that came was read, which ends in order."""
    connection = writer.get_extra_info("socket")
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()


async def read_request(reader):
    """Return the numbers of the windows in the next request."""
    head = await reader.readuntil(b"\r\n\r\n")
    length = int(head.split(b"Content-Length: ")[1].split(b"\r\n")[0])
    body = await reader.readexactly(length)
    size = 76 + 6 * 16 + 4
    if b"/windows" not in head:
        return []
    return [struct.unpack_from("<I", body, at + 20)[0] for at in range(0, length, size)]
