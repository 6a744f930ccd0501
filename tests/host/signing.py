"""Signed requests, as FORMATS.md describes them: made here from the words, by Python's hmac."""

import hashlib
import hmac

from judder.server.api.keys import KEYS
from judder_core import wire

from tests.host.conftest import frame

HEADER = "X-Judder-Signature"
WINDOWS = "/api/v1/windows"
ONE, OTHER = "020000000001", "020000000002"


def message(method, path, device, time_us, body):
    return b"\n".join([b"judder1", method.encode(), path.encode(), device.encode(), b"%d" % time_us, body])


def signature(key, method, path, device, time_us, body):
    """Return the header's value. key: 64 hex digits."""
    signed = message(method, path, device, time_us, body)
    return f"1 {device} {time_us} {hmac.new(bytes.fromhex(key), signed, hashlib.sha256).hexdigest()}"


class SignedBoard:
    """A board with a key, at a server."""

    def __init__(self, server, key, device=ONE):
        self.server, self.key, self.device = server, key, device
        self.seq = 0
        self._signed_us = 0

    def now_us(self):
        """Return the time to sign: the server's, and later than before."""
        self._signed_us = max(self.server.app[KEYS].signing_us(), self._signed_us + 1)
        return self._signed_us

    def window(self, device=None):
        self.seq += 1
        return bytes(frame(seq=self.seq, device_id=bytes.fromhex(device or self.device)))

    def headers(self, body, path=WINDOWS, method="POST", time_us=None, key=None):
        time_us = self.now_us() if time_us is None else time_us
        value = signature(key or self.key, method, path, self.device, time_us, body)
        return {HEADER: value, "Content-Type": wire.CONTENT_TYPE}

    async def post(self, body, headers, path=WINDOWS):
        return await self.server.ask("POST", path, data=body, headers=headers)

    async def send(self, **how):
        """Post a signed window; return (status, JSON)."""
        body = self.window()
        return await self.post(body, self.headers(body, **how))


async def with_keys(start_server, clock=None, **settings):
    """Return a server that requires keys, its client an administrator."""
    how = {"clock": clock} if clock else {}
    return await start_server(require_keys=True, token="of an administrator", **how, **settings)


async def board_with_key(server, device=ONE):
    made = await server.client.post("/api/v1/keys", {"device": device})
    return SignedBoard(server, made["key"], device)
