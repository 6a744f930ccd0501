"""Windows as bytes: frame v2 of the Judder protocol.

A frame is a 76-byte little-endian header, the int16 counts x, y, z interleaved, and the crc32 of all
before it. The header is that of v1, 48 bytes, and the board's verdict. Several frames may follow one another
in one body. Readers skip the header by its own length field, so that later versions may append to it. Boards
only write frames; judder.data.frames reads them, those of v1 and those with features too.
"""

import binascii
import struct

from .window import AXES

CONTENT_TYPE = "application/vnd.judder.window"
VERSION = 2
HEADER = "<2sBBHBB6sHIIQfff4s"
VERDICT = "<BBBBHHfffff"
VERDICT_AT = 48
HEADER_SIZE = 76
FLAGS_AT = 4
CRC_SIZE = 4
MAX_WINDOW_LEN = 4096
NONE = 255  # as level: the board has not judged it; as mode: it is near none
SAMPLES = 1  # bits of the content: what follows the header
FEATURES = 2
STATE_CODES = (
    "not judged",
    "normal",
    "disturbed",
    "notice",
    "alarm",
    "mounting changed",
    "standstill",
    "unknown mode",
)
"""The states of a window; the place of each is its code for ever."""
_NAN = float("nan")


def frame_size(window_len):
    """Return the bytes of a frame that holds window_len samples.

    >>> frame_size(256)
    1616
    """
    return HEADER_SIZE + 2 * AXES * window_len + CRC_SIZE


def encode_window(window):
    """Return window (int16 counts) as a new frame."""
    frame = bytearray(frame_size(window.window_len))
    encode_window_into(frame, window)
    return frame


def encode_window_into(frame, window, octets=None):
    """Write window into frame, a bytearray of exactly frame_size(window.window_len) bytes.

    octets: those of its counts, where the caller has them without a copy, as a board does.
    """
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
        _or_nan(window.local_score),
        window.model_hash,
    )
    _write_verdict(frame, window.verdict, window.level)
    memoryview(frame)[HEADER_SIZE:-CRC_SIZE] = octets or bytes(window.counts)
    _seal(frame)


def _write_verdict(frame, verdict, level):
    """Write what the board says of the window, or that it says nothing: verdict None."""
    if verdict is None:
        struct.pack_into(
            VERDICT, frame, VERDICT_AT, NONE, 0, NONE, SAMPLES, 0, 0, _NAN, _NAN, _NAN, _NAN, _NAN
        )
        return
    struct.pack_into(
        VERDICT,
        frame,
        VERDICT_AT,
        level,
        STATE_CODES.index(verdict.state),
        NONE if verdict.mode is None else verdict.mode,
        SAMPLES,
        0,
        0,
        _or_nan(verdict.threshold),
        _or_nan(verdict.combined_score),
        _or_nan(verdict.combined_threshold),
        _or_nan(verdict.alarm_score),
        _or_nan(verdict.alarm_threshold),
    )


def _or_nan(number):
    return _NAN if number is None else number


def add_flags(frame, flags):
    """Set flags of a frame that is already written."""
    struct.pack_into("<H", frame, FLAGS_AT, struct.unpack_from("<H", frame, FLAGS_AT)[0] | flags)
    _seal(frame)


def _seal(frame):
    end = len(frame) - CRC_SIZE
    struct.pack_into("<I", frame, end, binascii.crc32(memoryview(frame)[:end]))
