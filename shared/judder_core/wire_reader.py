"""Frames (see wire) as windows again: the server's side."""

import binascii
import math
import struct
from array import array

from .errors import CoreError
from .window import AXES, Window
from .wire import CRC_SIZE, HEADER, HEADER_SIZE, MAX_WINDOW_LEN, VERSION


class WireError(CoreError):
    """Bytes or JSON that are no window."""


class ChecksumError(WireError):
    """A frame whose crc32 does not fit: sent again it may arrive whole."""


def decode_windows(body):
    """Return the Windows in body (bytes: one frame or several). Raises WireError if any of it is no frame."""
    window, start = _decode_frame(body, 0)
    windows = [window]
    while start < len(body):
        window, start = _decode_frame(body, start)
        windows.append(window)
    return windows


def _decode_frame(body, start):
    """Return the Window whose frame begins at start, and where the next one begins."""
    left = len(body) - start
    if left < HEADER_SIZE + CRC_SIZE:
        raise WireError(
            "Frame is %d bytes; header and checksum alone need %d." % (left, HEADER_SIZE + CRC_SIZE)
        )
    fields = struct.unpack_from(HEADER, body, start)
    magic, version, header_len, flags, axes, sensor, device_id, window_len = fields[:8]
    if magic != b"JW":
        raise WireError("Frame begins with %r, not with b'JW'." % (magic,))
    if version != VERSION:
        raise WireError(
            "Frame has version %d; this reader knows version %d." % (version, VERSION),
            "Update the side that is older.",
        )
    if header_len < HEADER_SIZE or axes != AXES or not 0 < window_len <= MAX_WINDOW_LEN:
        raise WireError(
            "Frame says header_len %d, axes %d, window_len %d; expected at least %d, %d, 1 to %d."
            % (header_len, axes, window_len, HEADER_SIZE, AXES, MAX_WINDOW_LEN)
        )
    data = start + header_len
    end = data + 2 * AXES * window_len
    if len(body) < end + CRC_SIZE:
        raise WireError(
            "Frame of %d samples needs %d bytes; %d came." % (window_len, end + CRC_SIZE - start, left)
        )
    view = memoryview(body)
    if binascii.crc32(view[start:end]) & 0xFFFFFFFF != struct.unpack_from("<I", body, end)[0]:
        raise ChecksumError("Frame's crc32 does not fit its bytes.", "Send the window again.")
    boot_id, seq, timestamp_us, sample_rate_hz, scale_g, local_score, model_hash = fields[8:]
    if not (_positive(sample_rate_hz) and _positive(scale_g) and math.isfinite(local_score)):
        raise WireError(
            "Frame says %r Hz, %r g per count, score %r; expected finite numbers, the first two above 0."
            % (sample_rate_hz, scale_g, local_score)
        )
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


def _positive(value):
    return math.isfinite(value) and value > 0
