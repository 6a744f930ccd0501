"""Windows as bytes: frame v1 of the Judder protocol.

A frame is a 48-byte little-endian header, the int16 counts x, y, z interleaved, and the crc32 of all
before it. Several frames may follow one another in one body. Readers skip the header by its own length
field, so that later versions may append to it. Boards only write frames; judder.data.frames reads them.
"""

import binascii
import struct

from .window import AXES

CONTENT_TYPE = "application/vnd.judder.window"
VERSION = 1
HEADER = "<2sBBHBB6sHIIQfff4s"
HEADER_SIZE = 48
FLAGS_AT = 4
CRC_SIZE = 4
MAX_WINDOW_LEN = 4096
_CHUNK = 96


def frame_size(window_len):
    """Return the bytes of a frame that holds window_len samples.

    >>> frame_size(256)
    1588
    """
    return HEADER_SIZE + 2 * AXES * window_len + CRC_SIZE


def encode_window(window):
    """Return window (int16 counts) as a new frame."""
    frame = bytearray(frame_size(window.window_len))
    encode_window_into(frame, window)
    return frame


def encode_window_into(frame, window):
    """Write window into frame, a bytearray of exactly frame_size(window.window_len) bytes."""
    struct.pack_into(
        HEADER,
        frame,
        0,
        b"JW",
        VERSION,
        HEADER_SIZE,
        window.flags,
        AXES,
        window.sensor,
        window.device_id,
        window.window_len,
        window.boot_id,
        window.seq,
        window.timestamp_us,
        window.sample_rate_hz,
        window.scale_g,
        window.local_score,
        window.model_hash,
    )
    view, counts = memoryview(frame), memoryview(window.counts)
    for start in range(0, len(counts), _CHUNK):  # not at once: a board has no whole copy to spare
        at = HEADER_SIZE + 2 * start
        chunk = bytes(counts[start : start + _CHUNK])
        view[at : at + len(chunk)] = chunk
    _seal(frame)


def add_flags(frame, flags):
    """Set flags of a frame that is already written."""
    struct.pack_into("<H", frame, FLAGS_AT, struct.unpack_from("<H", frame, FLAGS_AT)[0] | flags)
    _seal(frame)


def _seal(frame):
    end = len(frame) - CRC_SIZE
    struct.pack_into("<I", frame, end, binascii.crc32(memoryview(frame)[:end]) & 0xFFFFFFFF)
