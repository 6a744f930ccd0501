"""One kept-alive HTTP connection: what a board needs of HTTP/1.1, as servers and proxies speak it."""

import asyncio
import socket
import time
from errno import EINPROGRESS

from micropython import const

from .reader import Reader

# Head and body are two writes: with Nagle's algorithm the second waits 40 ms for the first's delayed ACK.
_IPPROTO_TCP = const(6)
_TCP_NODELAY = const(1)
_LONGEST_BODY = const(4096)
_LOOK_MS = const(10)
_ASK_AGAIN_MS = const(60000)  # where a server that is gone may have moved to
_PATIENCE_MS = const(10000)
_NOTED = (99, 108, 114, 116)  # fields of other first letters than c, l, r, t mean nothing here

TROUBLE = (OSError, EOFError, ValueError, RuntimeError, MemoryError)


class Answer:
    """status: the HTTP status. body: bytearray. retry_after_s: what a busy server asks for, or None.
    location: where a redirect leads, as bytes, or None.
    """

    def __init__(self, line):
        """line: the first of the head. Raises ValueError where that is not HTTP."""
        self.status = _number(line[9:12])
        if line[:5] != b"HTTP/" or self.status is None:
            raise ValueError("what answers is no HTTP server")
        self.keep = line[5:8] != b"1.0"
        self.length = None
        self.chunked = False
        self.retry_after_s = None
        self.location = None
        self.body = bytearray()

    def note(self, line):
        """Take in a field of the head. Raises ValueError for a length that cannot be."""
        name, _, value = line.partition(b":")
        name, value = name.strip().lower(), value.strip()
        if name == b"content-length":
            self.length = _number(value)
            if self.length is None:
                raise ValueError("answer has an odd length")
        elif name == b"transfer-encoding":
            self.chunked = b"chunked" in value.lower()
        elif name == b"connection":
            self.keep = b"close" not in value.lower()
        elif name == b"retry-after":
            self.retry_after_s = _number(value)
        elif name == b"location":
            self.location = value

    def take(self, piece):
        """Add piece to the body. Raises ValueError where that is longer than any of ours."""
        if len(self.body) + len(piece) > _LONGEST_BODY:
            raise ValueError("answer is too long")
        self.body.extend(piece)


class Connection:
    """To config, the section "server". A request opens it where needed, one at a time; an OSError closes it.

    A host that is a name is asked for when the first connection is made, and when one fails, once a minute:
    the server may have moved. Where it has several addresses, the next one is tried after each that fails.
    """

    def __init__(self, config):
        self._host = config["host"]
        self._port = config["port"]
        self._fixed = "Host: %s:%d\r\n" % (self._host, self._port)
        if config["token"]:
            self._fixed += "Authorization: Bearer %s\r\n" % config["token"]
        self._addresses = [self._host] if self._host.replace(".", "").isdigit() else None
        self._which = 0
        self._failing = False
        self._asked_ms = None  # when its name was; None: it has none, or never yet
        self._stream = None
        self._reader = Reader()

    def head(self, method, path, more=""):
        """Return the head of a request, to be kept where it is used again. more: further fields."""
        return ("%s %s HTTP/1.1\r\n%s%s\r\n" % (method, path, self._fixed, more)).encode()

    def post_head(self, path, content_type, length):
        return self.head("POST", path, "Content-Type: %s\r\nContent-Length: %d\r\n" % (content_type, length))

    async def request(self, parts, patience_ms=_PATIENCE_MS):
        """Return the Answer to parts, buffers of which the head is first. Raises OSError where none comes."""
        try:
            answer = await asyncio.wait_for_ms(self._exchange(parts), patience_ms)
            self._failing = False
            return answer
        except asyncio.TimeoutError:
            why = "no answer within %d ms" % patience_ms
        except TROUBLE as error:
            why = "connection failed: %s" % (str(error) or "it was closed")
        self.note_failure()
        raise OSError(why)

    def note_failure(self):
        """Close, and try the host's next address from now on."""
        self._failing = True
        self._which += 1
        self.close()

    async def _exchange(self, parts):
        """A kept-alive connection that the server has closed meanwhile is no failure: another is opened."""
        kept = self._stream is not None
        try:
            return await self._once(parts)
        except (OSError, EOFError):
            if self._reader.heard or not kept:
                raise
        self.close()
        return await self._once(parts)

    async def _once(self, parts):
        answer = await self._ask(parts)
        await self._read_body(answer, answer.take)
        return answer

    async def _ask(self, parts):
        """Return the Answer to parts, its body still to be read; those that only promise one are left out."""
        if self._stream is None:
            await self._open()
        reader = self._reader
        reader.begin()
        await self._write(parts)
        answer = None
        while True:
            while not reader.scan():
                await reader.fill()
            if answer is None:
                answer = Answer(reader.line())
            elif reader.first in _NOTED:
                answer.note(reader.line())
            elif not reader.first:
                if answer.status >= 200:
                    return answer
                answer = None

    async def _open(self):
        address = await self._where()
        connecting = socket.socket()
        self._stream = asyncio.StreamReader(connecting)
        self._reader.listen_to(self._stream)
        connecting.setblocking(False)
        connecting.setsockopt(_IPPROTO_TCP, _TCP_NODELAY, 1)
        try:
            connecting.connect(socket.getaddrinfo(address, self._port)[0][-1])
        except OSError as error:
            if error.errno != EINPROGRESS:
                raise

    async def _where(self):
        """Return an address of the host: the one that worked, else what is to be tried next."""
        if self._addresses is None or self._is_stale():
            from .lookup import find

            try:
                self._addresses = await find(self._host)
            except OSError:
                if self._addresses is None:
                    raise
            self._asked_ms = time.ticks_ms()
        return self._addresses[self._which % len(self._addresses)]

    def _is_stale(self):
        """Return whether the address does not work, and its name was not asked for lately."""
        if self._asked_ms is None or not self._failing:
            return False
        return time.ticks_diff(time.ticks_ms(), self._asked_ms) > _ASK_AGAIN_MS

    async def _write(self, parts):
        """Write them all. Nothing is copied, as asyncio's own writer would where not all goes at once."""
        connected = self._stream.s
        for part in parts:
            sent = connected.write(part) or 0
            while sent < len(part):
                await asyncio.sleep_ms(_LOOK_MS)
                sent += connected.write(memoryview(part)[sent:]) or 0

    async def _read_body(self, answer, take):
        """Hand the body to take(piece), as it comes, and end the connection where it is not kept."""
        if answer.status in (204, 304):
            pass
        elif answer.chunked:
            await self._pass_chunks(take)
        elif answer.length is not None:
            await self._reader.pass_on(answer.length, take)
        else:
            answer.keep = False
            await self._reader.pass_rest(take)
        if not answer.keep or not self._reader.is_empty:  # what follows an answer is of no known kind
            self.close()

    async def _pass_chunks(self, take):
        reader = self._reader
        reader.begin()
        while True:
            size = _number((await reader.next_line()).partition(b";")[0].strip(), 16)
            if not size:
                break
            await reader.pass_on(size, take)
            await reader.next_line()
        if size is None:
            raise ValueError("answer has an odd length")
        while await reader.next_line():  # trailers
            pass

    def close(self):
        stream, self._stream = self._stream, None
        if stream is not None:
            try:
                stream.s.close()
            except OSError:
                pass


def _number(digits, base=10):
    """Return digits (bytes) as a number, or None where that is none, or too large for any use."""
    try:
        number = int(digits, base) if len(digits) < 10 else -1
    except ValueError:
        return None
    return number if number >= 0 else None
