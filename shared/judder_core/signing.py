"""A board's signature on a request: HMAC-SHA256 over what is asked, who asks, when, and the body.

MicroPython has SHA-256 and no hmac, and its hashes cannot be copied: what is kept of a key is its two pads.
Source: RFC 2104; FORMATS.md, "Signature".
"""

import binascii
import hashlib

HEADER = "X-Judder-Signature"
KEY_BYTES = 32
_BLOCK = 64  # bytes that SHA-256 takes at once


def pads_of(key):
    """Return the (inner, outer) pad of key, bytes.

    >>> inner, outer = pads_of(b"k")
    >>> len(inner), inner[0] ^ 0x36, outer[0] ^ 0x5C
    (64, 107, 107)
    """
    if len(key) > _BLOCK:
        key = hashlib.sha256(key).digest()
    block = key + bytes(_BLOCK - len(key))
    return bytes([byte ^ 0x36 for byte in block]), bytes([byte ^ 0x5C for byte in block])


def mac(pads, parts):
    """Return the HMAC-SHA256, 32 bytes, of parts (buffers, one after another) under the key of pads."""
    inner, outer = pads
    digest = hashlib.sha256(inner)
    for part in parts:
        digest.update(part)
    return hashlib.sha256(outer + digest.digest()).digest()


def sign(pads, method, path, device, time_us, body):
    """Return the value of HEADER for a request, as bytes.

    method, path: as in its first line, bytes. device: 12 hex digits, bytes. time_us: the signing time, an
    integer. body: buffers, taken one by one: none is kept or copied.
    """
    time = b"%d" % time_us
    about = b"judder1\n%s\n%s\n%s\n%s\n" % (method, path, device, time)
    digest = mac(pads, _parts(about, body))
    return b"1 %s %s %s" % (device, time, binascii.hexlify(digest))


def _parts(about, body):
    yield about
    yield from body
