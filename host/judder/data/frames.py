"""Frames, which boards write (see judder_core.wire), as windows again."""

import binascii
import math
import struct
from array import array

from judder_core.window import AXES, Window
from judder_core.wire import CRC_SIZE, HEADER, HEADER_SIZE, MAX_WINDOW_LEN, VERSION

from judder.errors import ChecksumError, WireError

LAST_US = 2**63 - 1
"""The last moment that files and databases can hold; it is in the year 294247."""


def decode_windows(body: bytes) -> list[Window]:
    """Return the Windows in body (one frame or several). Raises WireError if any of it is no frame."""
    window, start = _decode_frame(body, 0)
    windows = [window]
    while start < len(body):
        window, start = _decode_frame(body, start)
        windows.append(window)
    return windows


def _decode_frame(body: bytes, start: int) -> tuple[Window, int]:
    """Return the Window whose frame begins at start, and where the next one begins."""
    left = len(body) - start
    if left < HEADER_SIZE + CRC_SIZE:
        raise WireError(f"Frame is {left} bytes; header and checksum alone need {HEADER_SIZE + CRC_SIZE}.")
    fields = struct.unpack_from(HEADER, body, start)
    magic, version, header_len, flags, axes, sensor, device_id, window_len = fields[:8]
    if magic != b"JW":
        raise WireError(f"Frame begins with {magic!r}, not with b'JW'.")
    if version != VERSION:
        raise WireError(
            f"Frame has version {version}; this reader knows version {VERSION}.",
            hint="Update the side that is older.",
        )
    if header_len < HEADER_SIZE or axes != AXES or not 0 < window_len <= MAX_WINDOW_LEN:
        raise WireError(
            f"Frame says header_len {header_len}, axes {axes}, window_len {window_len}; expected at least"
            f" {HEADER_SIZE}, {AXES}, 1 to {MAX_WINDOW_LEN}."
        )
    data = start + header_len
    end = data + 2 * AXES * window_len
    if len(body) < end + CRC_SIZE:
        raise WireError(f"Frame of {window_len} samples needs {end + CRC_SIZE - start} bytes; {left} came.")
    view = memoryview(body)
    if binascii.crc32(view[start:end]) & 0xFFFFFFFF != struct.unpack_from("<I", body, end)[0]:
        raise ChecksumError("Frame's crc32 does not fit its bytes.", hint="Send the window again.")
    boot_id, seq, timestamp_us, sample_rate_hz, scale_g, local_score, model_hash = fields[8:]
    if not (_positive(sample_rate_hz) and _positive(scale_g) and math.isfinite(local_score)):
        raise WireError(
            f"Frame says {sample_rate_hz!r} Hz, {scale_g!r} g per count, score {local_score!r}; expected"
            " finite numbers, the first two above 0."
        )
    if timestamp_us > LAST_US:
        raise WireError(f"Frame says it was sampled at {timestamp_us} us; clocks end at {LAST_US} us.")
    window = Window(
        array("h", bytes(view[data:end])),
        scale_g,
        sample_rate_hz,
        device_id,
        boot_id,
        seq,
        timestamp_us,
        flags,
        sensor,
        local_score,
        model_hash,
    )
    return window, end + CRC_SIZE


def _positive(value: float) -> bool:
    return math.isfinite(value) and value > 0
