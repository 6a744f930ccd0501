"""One kept-alive HTTP connection: what a board needs of HTTP/1.1, as servers and proxies speak it.

A line or a body of any length costs time, which is bounded, but no memory.
"""

import asyncio
import socket
import time
from errno import EINPROGRESS

from micropython import const

from . import forget

# Head and body are two writes: with Nagle's algorithm the second waits 40 ms for the first's delayed ACK.
_IPPROTO_TCP = const(6)
_TCP_NODELAY = const(1)
_PIECE = const(256)
_LONGEST_LINE = const(128)
_LONGEST_HEAD = const(8192)
_LONGEST_BODY = const(4096)
_USUAL_BODY = const(640)
_UNTIL_CLOSED = const(0x3FFFFFFF)
_LOOK_MS = const(10)
_ASK_AGAIN_MS = const(60000)  # where a server that is gone may have moved to


class Connection:
    """To config, the section "server". A request opens it where needed, one at a time; an OSError closes it.

    signer: signs each request; None: nobody does. piece: a buffer that is free while a body is sent.
    Of the last answer: status. body: bytearray. retry_after_s: what a busy server asks for, or None.
    location: where a redirect leads, as bytes, or None.

    A host that is a name is asked for when the first connection is made, and when one fails, once a minute:
    the server may have moved. Where it has several addresses, the next one is tried after each that fails.
    """

    patience_ms = 10000

    def __init__(self, config, signer=None):
        self._host = config["host"]
        self._port = config["port"]
        self._ca = config["ca"] if config["tls"] else None
        self._signer = signer
        self._fixed = "Host: %s:%d\r\n" % (self._host, self._port)
        if config["token"]:
            self._fixed += "Authorization: Bearer %s\r\n" % config["token"]
        self._addresses = (self._host,) if self._host.replace(".", "").isdigit() else ()
        self._which = 0
        self._good_ms = time.ticks_add(
            time.ticks_ms(), -_ASK_AGAIN_MS
        )  # when the addresses were so the last time
        self._socket = None
        self._buffer = bytearray(_PIECE)
        self.piece = memoryview(self._buffer)
        self.body = bytearray(_USUAL_BODY)  # kept: later there may be no room as long
        self.retry_after_s = None
        self._at = self._end = self._left = 0  # what of the buffer is to be read yet, and how much of a head

    def head(self, path, content_type, length):
        """Return the head of a request, to be kept where it is used again."""
        return (
            "POST %s HTTP/1.1\r\n%sContent-Type: %s\r\nContent-Length: %d\r\n\r\n"
            % (path, self._fixed, content_type, length)
        ).encode()

    async def request(self, head, body=()):
        """Send head and body, which gives buffers whenever it is iterated; then the answer is here. Raises
        OSError where none comes.
        """
        self._until_ms = time.ticks_add(time.ticks_ms(), self.patience_ms)
        try:
            await self._ask(head, body)
            self._good_ms = time.ticks_ms()
            return
        except asyncio.TimeoutError:
            why = "no answer within %d ms" % self.patience_ms
        except (OSError, EOFError, ValueError, RuntimeError, MemoryError) as error:
            why = "connection failed: %s" % (str(error).strip() or "it was closed")
        self._which += 1
        self.close()
        raise OSError(why)

    async def _ask(self, head, body):
        """Where the server refuses the signing time and tells its own, ask once more with that."""
        await self._exchange(head, body)
        if self.status == 401 and self._signer and self._signer.adopt(self.body):
            await self._exchange(head, body)

    async def _exchange(self, head, body):
        """A kept-alive connection that the server has closed meanwhile is no failure: another is opened."""
        kept = self._socket
        try:
            await self._once(head, body)
        except (OSError, EOFError):
            if not kept or self._left < _LONGEST_HEAD:
                raise
            self.close()
            await self._once(head, body)

    async def _once(self, head, body):
        self.retry_after_s = self.location = None
        self._at = self._end = 0
        self._line = b""
        self._left = _LONGEST_HEAD
        if self._socket is None:
            await self._open()
        await self._write((self._signed(head, body) if self._signer else head,))
        await self._write(body)
        await self._read_head()
        await self._read_body()

    def _signed(self, head, body):
        method, path = head[: head.find(b" HTTP/")].split(b" ")
        return b"%s%s\r\n\r\n" % (head[:-2], self._signer.header(method, path, body))

    async def _open(self):
        address = await self._where()
        self._socket = socket.socket()
        self._socket.setblocking(False)
        self._socket.setsockopt(_IPPROTO_TCP, _TCP_NODELAY, 1)
        try:
            self._socket.connect(socket.getaddrinfo(address, self._port)[0][-1])
        except OSError as error:
            if error.errno != EINPROGRESS:
                raise
        if self._ca:
            from .secure import wrap

            self._socket = wrap(self._socket, self._host, self._ca)

    async def _where(self):
        """Return an address of the host: the one that worked, else what is to be tried next."""
        now_ms = time.ticks_ms()
        if self._host not in self._addresses and time.ticks_diff(now_ms, self._good_ms) >= _ASK_AGAIN_MS:
            from .lookup import find

            try:
                self._addresses = await find(self._host)
            except OSError:
                if not self._addresses:
                    raise
            finally:
                forget("judder_node.lookup")
            self._good_ms = now_ms
        return self._addresses[self._which % len(self._addresses)]

    async def _write(self, parts):
        """Write them all. Nothing is copied, as asyncio's own writer would where not all goes at once."""
        for part in parts:
            sent = self._socket.write(part) or 0
            while sent < len(part):
                await self._pause()
                sent += self._socket.write(memoryview(part)[sent:]) or 0

    async def _read_head(self):
        """Take in the head of an answer; those that only promise one are left out."""
        self.status = 0
        while self.status < 200:
            line = await self._next_line()
            self.status = _number(line[9:12])
            if line[:5] != b"HTTP/" or self.status is None:
                raise ValueError("what answers is no HTTP server")
            self._keep = True
            self._length = _UNTIL_CLOSED
            self._chunked = False
            while not self._take_fields():
                await self._fill()

    def _take_fields(self):
        """Take in the fields that are here; return whether the head ends with them."""
        line = self._take_line()
        while line:
            self._note(line)
            line = self._take_line()
        return line is not None

    def _note(self, line):
        """Take in a field of the head. Raises ValueError for a length that cannot be."""
        name = line[: line.find(b":")].rstrip().lower()
        if name == b"content-length":
            self._length = _number(_value(line))
            if self._length is None:
                raise ValueError("answer has an odd length")
        elif name == b"transfer-encoding":  # nobody is asked for another
            self._chunked = True
        elif name == b"connection":
            self._keep = b"close" not in line.lower()
        elif name == b"retry-after":
            self.retry_after_s = _number(_value(line))
        elif name == b"location":
            self.location = _value(line)

    async def _read_body(self):
        """Hand the body to take(), and end the connection where it is not kept."""
        self.body[:] = b""
        if self.status in (204, 304):
            pass
        elif self._chunked:
            await self._read_chunks()
        else:
            try:
                await self._pass_on(self._length)
            except EOFError:
                if self._length != _UNTIL_CLOSED:
                    raise
                self._keep = False
        if not self._keep or self._at < self._end:  # what follows an answer is of no known kind
            self.close()

    async def _read_chunks(self):
        while True:
            size = _number((await self._next_line()).partition(b";")[0], 16)
            if not size:
                break
            await self._pass_on(size)
            await self._next_line()
        if size is None:
            raise ValueError("answer has an odd length")
        while await self._next_line():  # trailers
            pass

    async def _pass_on(self, count):
        """Hand the next count bytes to take(), as they come."""
        while count:
            if self._at == self._end:
                await self._fill()
            stop = min(self._end, self._at + count)
            self.take(self.piece[self._at : stop])
            count -= stop - self._at
            self._at = stop

    def take(self, piece):
        """Add piece to the body. Raises ValueError where that is longer than any of ours."""
        self.body.extend(piece)
        if len(self.body) > _LONGEST_BODY:
            raise ValueError("answer is too long")

    async def _next_line(self):
        line = self._take_line()
        while line is None:
            await self._fill()
            line = self._take_line()
        return line

    def _take_line(self):
        """Return the next line, cut where it is too long, or None while its end is not here.

        Raises ValueError where there is no end to them.
        """
        stop = self._buffer.find(b"\n", self._at, self._end) + 1
        end = stop or self._end
        if len(self._line) < _LONGEST_LINE:
            self._line += self.piece[self._at : end]
        self._left -= end - self._at
        self._at = end
        if self._left < 0:
            raise ValueError("answer has a head without end")
        if not stop:
            return None
        line, self._line = self._line.rstrip(), b""
        return line

    async def _fill(self):
        """Wait for what comes next. Raises EOFError at the end."""
        count = None
        while count is None:
            count = self._socket.readinto(self._buffer)
            if count is None:
                await self._pause()
        if not count:
            raise EOFError()
        self._at, self._end = 0, count

    def _pause(self):
        """Return what waits until the next look. Raises TimeoutError where an answer takes too long.

        asyncio's wait_for would do the same, and leave a kilobyte of garbage each time.
        """
        if time.ticks_diff(time.ticks_ms(), self._until_ms) >= 0:
            raise asyncio.TimeoutError
        return asyncio.sleep_ms(_LOOK_MS)

    def close(self):
        if self._socket:
            try:
                self._socket.close()
            except OSError:
                pass
            self._socket = None


def _value(line):
    """Return what a line of a head says after its colon."""
    return line[line.find(b":") + 1 :].strip()


def _number(digits, base=10):
    """Return digits (bytes) as a number, or None where that is none, or too large for any use."""
    try:
        number = int(digits, base) if len(digits) < 10 else -1
    except ValueError:
        return None
    return number if number >= 0 else None
