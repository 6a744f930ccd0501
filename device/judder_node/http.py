"""One kept-alive HTTP connection: what the uplink needs of HTTP, and no more."""

import asyncio

from micropython import const

# Head and body are two writes: with Nagle's algorithm the second waits 40 ms for the first's delayed ACK.
_IPPROTO_TCP = const(6)
_TCP_NODELAY = const(1)


class Answer:
    """status: the HTTP status. body: bytes. retry_after_s: what a busy server asks for, or None."""

    def __init__(self, status, body, retry_after_s):
        self.status = status
        self.body = body
        self.retry_after_s = retry_after_s


class Connection:
    """To config, the section "server". A call opens it where needed, one at a time; an OSError closes it.

    A host such as judder.local is looked up before each connection: the server may have moved. Where it has
    several addresses, the next one is tried after each that does not answer.
    """

    def __init__(self, config):
        self._host = config["host"]
        self._find = None
        self._which = 0
        if self._host.endswith(".local"):
            from .lookup import find

            self._find = find
        self._port = config["port"]
        self._timeout_ms = config["timeout_ms"]
        self._fixed = "Host: %s:%d\r\n" % (self._host, self._port)
        if config["token"]:
            self._fixed += "Authorization: Bearer %s\r\n" % config["token"]
        self._reader = None
        self._writer = None

    async def post(self, path, content_type, body):
        """Return the Answer to body (bytes-like). Raises OSError where none comes in time."""
        try:
            return await asyncio.wait_for_ms(self._post(path, content_type, body), self._timeout_ms)
        except asyncio.TimeoutError:
            why = "no answer within %d ms" % self._timeout_ms
        except (OSError, EOFError, ValueError, IndexError, MemoryError) as error:
            why = "connection failed: %s" % error
        self._which += 1
        await self.close()
        raise OSError(why)

    async def _post(self, path, content_type, body):
        if self._writer is None:
            self._reader, self._writer = await asyncio.open_connection(await self._where(), self._port)
            self._writer.s.setsockopt(_IPPROTO_TCP, _TCP_NODELAY, 1)
        head = "POST %s HTTP/1.1\r\n%sContent-Type: %s\r\nContent-Length: %d\r\n\r\n" % (
            path,
            self._fixed,
            content_type,
            len(body),
        )
        self._writer.write(head.encode())
        self._writer.write(body)
        await self._writer.drain()
        return await self._read_answer()

    async def _where(self):
        if self._find is None:
            return self._host
        addresses = await self._find(self._host)
        return addresses[self._which % len(addresses)]

    async def _read_answer(self):
        status, length, retry_after_s, keep = await self._read_head()
        body = await self._reader.readexactly(length)
        if not keep:
            await self.close()
        return Answer(status, body, retry_after_s)

    async def _read_head(self):
        line = await self._reader.readline()
        status = int(line.split(None, 2)[1])
        length, retry_after_s, keep = 0, None, True
        while True:
            line = await self._reader.readline()
            if line in (b"\r\n", b""):
                break
            name, _, value = line.decode().partition(":")
            name, value = name.lower(), value.strip()
            if name == "content-length":
                length = int(value)
            elif name == "retry-after":
                retry_after_s = int(value)
            elif name == "connection":
                keep = value.lower() != "close"
        return status, length, retry_after_s, keep

    async def close(self):
        writer, self._reader, self._writer = self._writer, None, None
        if writer is not None:
            try:
                writer.close()
                await writer.wait_closed()
            except OSError:
                pass
