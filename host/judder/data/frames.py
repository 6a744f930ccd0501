"""Frames, which boards write (see judder_core.wire), as windows again."""

import binascii
import math
import struct
from array import array
from typing import NamedTuple

from judder_core.window import AXES, Window
from judder_core.wire import CRC_SIZE, HEADER, HEADER_SIZE, MAX_WINDOW_LEN, VERSION

from judder.errors import ChecksumError, WireError

LAST_US = 2**63 - 1
"""The last moment that files and databases can hold; it is in the year 294247."""


class Header(NamedTuple):
    """What stands before the counts, in the order of judder_core.wire.HEADER."""

    magic: bytes
    version: int
    header_len: int
    flags: int
    axes: int
    sensor: int
    device_id: bytes
    window_len: int
    boot_id: int
    seq: int
    timestamp_us: int
    sample_rate_hz: float
    scale_g: float
    local_score: float
    model_hash: bytes

    def check_form(self) -> None:
        """Raise WireError unless this reader knows how long the frame is."""
        if self.magic != b"JW":
            raise WireError(f"Frame begins with {self.magic!r}, not with b'JW'.")
        if self.version != VERSION:
            raise WireError(
                f"Frame has version {self.version}; this reader knows version {VERSION}.",
                hint="Update the side that is older.",
            )
        if self.header_len < HEADER_SIZE or self.axes != AXES or not 0 < self.window_len <= MAX_WINDOW_LEN:
            raise WireError(
                f"Frame says header_len {self.header_len}, axes {self.axes}, window_len {self.window_len};"
                f" expected at least {HEADER_SIZE}, {AXES}, 1 to {MAX_WINDOW_LEN}."
            )

    def check_values(self) -> None:
        """Raise WireError unless its numbers can be of a window."""
        if not (
            _positive(self.sample_rate_hz) and _positive(self.scale_g) and math.isfinite(self.local_score)
        ):
            raise WireError(
                f"Frame says {self.sample_rate_hz!r} Hz, {self.scale_g!r} g per count, score"
                f" {self.local_score!r}; expected finite numbers, the first two above 0."
            )
        if self.timestamp_us > LAST_US:
            raise WireError(
                f"Frame says it was sampled at {self.timestamp_us} us; clocks end at {LAST_US} us."
            )

    def window(self, counts: "array[int]") -> Window:
        return Window(counts, **{name: getattr(self, name) for name in OF_WINDOW})


OF_WINDOW = [
    name for name in Header._fields if name not in ("magic", "version", "header_len", "axes", "window_len")
]


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
    header = Header._make(struct.unpack_from(HEADER, body, start))
    header.check_form()
    data = start + header.header_len
    end = data + 2 * AXES * header.window_len
    if len(body) < end + CRC_SIZE:
        needed = end + CRC_SIZE - start
        raise WireError(f"Frame of {header.window_len} samples needs {needed} bytes; {left} came.")
    view = memoryview(body)
    if binascii.crc32(view[start:end]) & 0xFFFFFFFF != struct.unpack_from("<I", body, end)[0]:
        raise ChecksumError("Frame's crc32 does not fit its bytes.", hint="Send the window again.")
    header.check_values()
    return header.window(array("h", bytes(view[data:end]))), end + CRC_SIZE


def _positive(value: float) -> bool:
    return math.isfinite(value) and value > 0
