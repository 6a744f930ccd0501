"""A board's signature on its requests: HMAC-SHA256 over what is asked, who asks, when, and the body.

MicroPython has SHA-256 and no hmac, and its hashes cannot be copied: what is kept of a key is its two pads.
Source: RFC 2104; FORMATS.md, "Signature".
"""

import json
from binascii import hexlify, unhexlify
from hashlib import sha256


class Signer:
    """key: 64 hex digits. device_id: 6 bytes. ticks_ms, ticks_diff: as MicroPython's time has them.

    It needs no clock: the server tells its signing time with the first request it refuses, from then on the
    ticks count it. Each request has a later one than the last, or the server would take it for a copy. So a
    board whose clock ran ahead keeps to what the server has taken, until the server's has come there.
    """

    def __init__(self, key, device_id, ticks_ms, ticks_diff):
        self._pads = pads_of(unhexlify(key))
        self._device = hexlify(device_id)
        self._ticks_ms, self._ticks_diff = ticks_ms, ticks_diff
        self._now_us = self._last_us = self._before_us = 0  # now; of the last request, and the one before
        self._at_ms = ticks_ms()

    def adopt(self, body):
        """Take the signing time from the body (JSON) of a refusal; return whether it tells one."""
        try:
            time_us = json.loads(body)["signing_time_us"]
        except (ValueError, KeyError, TypeError, RuntimeError, IndexError):
            return False
        if type(time_us) is not int or not 0 < time_us < 1 << 62:
            return False
        # five minutes ahead of itself is what the server lets pass
        self._last_us = self._before_us if self._before_us - time_us <= 300000000 else 0
        self._now_us, self._at_ms = time_us, self._ticks_ms()
        return True

    def header(self, method, path, body):
        """Return the header that signs a request, as bytes without an end of line.

        method, path: as in its first line, bytes. body: buffers, taken one by one: none is kept or copied.
        """
        now_ms = self._ticks_ms()
        self._now_us += 1000 * self._ticks_diff(now_ms, self._at_ms)
        self._at_ms, self._before_us = now_ms, self._last_us
        self._last_us = max(self._last_us + 1, self._now_us)
        time = b"%d" % self._last_us
        about = b"judder1\n%s\n%s\n%s\n%s\n" % (method, path, self._device, time)
        return b"X-Judder-Signature: 1 %s %s %s" % (self._device, time, hexlify(mac(self._pads, about, body)))


def pads_of(key):
    """Return the inner pad of key (bytes), and after it the outer one: twice what SHA-256 takes at once.

    >>> pads = pads_of(b"k")
    >>> len(pads), pads[0] ^ 0x36, pads[64] ^ 0x5C
    (128, 107, 107)
    """
    if len(key) > 64:
        key = sha256(key).digest()
    twice = 2 * (key + bytes(64 - len(key)))
    mask = b"\x36" * 64 + b"\x5c" * 64
    return (int.from_bytes(twice, "big") ^ int.from_bytes(mask, "big")).to_bytes(128, "big")


def mac(pads, first, others):
    """Return the HMAC-SHA256, 32 bytes, of first and all of others (buffers) under the key of pads."""
    digest = sha256(memoryview(pads)[:64])
    digest.update(first)
    for other in others:
        digest.update(other)
    return sha256(pads[64:] + digest.digest()).digest()
