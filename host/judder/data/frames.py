"""Frames, which boards write (see judder_core.wire), as windows again: those of v1 and of v2."""

import binascii
import math
import struct
from array import array
from typing import NamedTuple

from judder_core.decision import ALARM, LEVELS, NOTICE, Verdict
from judder_core.window import AXES, FLAG_ALERT, FLAG_LOCAL_SCORE, FLAG_MOUNTING, FLAG_NOTICE, Window
from judder_core.wire import (
    CRC_SIZE,
    FEATURES,
    HEADER,
    HEADER_SIZE,
    MAX_WINDOW_LEN,
    NONE,
    SAMPLES,
    STATE_CODES,
    VERDICT,
    VERDICT_AT,
)

from judder.errors import ChecksumError, WireError

LAST_US = 253_402_214_400_000_000
"""The last moment that every calendar can name, in every time zone: the last day of the year 9999."""
LARGEST = 3.5e38
"""Above every finite number of 32 bits."""
RANGES = {
    "timestamp_us": (0, LAST_US),
    "sample_rate_hz": (1e-3, 1e6),
    "scale_g": (1e-9, 1e3),
    "local_score": (-LARGEST, LARGEST),
}
"""What the numbers of a window can be, the ends included."""
HEADER_SIZES = {1: VERDICT_AT, 2: HEADER_SIZE}
MOST_FEATURES = 128


class Header(NamedTuple):
    """What each frame begins with, in the order of judder_core.wire.HEADER."""

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
        if self.version not in HEADER_SIZES:
            raise WireError(
                f"Frame has version {self.version}; this reader knows versions 1 and 2.",
                hint="Update the side that is older.",
            )
        least, axes = HEADER_SIZES[self.version], (AXES,) if self.version == 1 else range(1, AXES + 1)
        if self.header_len < least or self.axes not in axes or not 0 < self.window_len <= MAX_WINDOW_LEN:
            raise WireError(
                f"Frame says header_len {self.header_len}, axes {self.axes}, window_len {self.window_len};"
                f" expected at least {least}, {axes[0]} to {AXES}, 1 to {MAX_WINDOW_LEN}."
            )

    def check_values(self) -> None:
        """Raise WireError unless its numbers can be of a window."""
        for name, (least, most) in RANGES.items():
            value = getattr(self, name)
            if not least <= value <= most:  # nor is NaN
                raise WireError(f"Frame says {name} {value!r}; expected {least:g} to {most:g}.")


class Told(NamedTuple):
    """What a frame of v2 tells besides, in the order of judder_core.wire.VERDICT."""

    level: int = NONE
    state: int = 0
    mode: int = NONE
    content: int = SAMPLES
    n_features: int = 0
    reserved: int = 0
    threshold: float = math.nan
    combined_score: float = math.nan
    combined_threshold: float = math.nan
    alarm_score: float = math.nan
    alarm_threshold: float = math.nan

    def check_form(self) -> None:
        """Raise WireError unless this reader knows what follows the header."""
        has_features = bool(self.content & FEATURES)
        if (
            self.content & ~(SAMPLES | FEATURES)
            or has_features != (self.n_features > 0)
            or self.n_features > MOST_FEATURES
        ):
            raise WireError(
                f"Frame says content {self.content} and {self.n_features} features; expected 0 to"
                f" {SAMPLES | FEATURES}, and 1 to {MOST_FEATURES} features where bit 1 is set."
            )

    def check_values(self, flags: int) -> None:
        """Raise WireError unless it can be a verdict on the window with these flags."""
        if self.level != NONE and (self.level >= len(LEVELS) or not flags & FLAG_LOCAL_SCORE):
            raise WireError(
                f"Frame says level {self.level} and flags {flags}; expected 0 to {len(LEVELS) - 1} with the"
                f" flag local_score, or {NONE}."
            )
        if self.level != NONE and self.level != _flagged(flags):
            raise WireError(
                f"Frame says level {self.level} and flags {flags}, which say level {_flagged(flags)}.",
                hint="The flags notice and alert are those of the level, see FORMATS.md.",
            )
        numbers = self[Told._fields.index("threshold") :]
        if any(map(math.isinf, numbers)) or (self.level != NONE and math.isnan(self.threshold)):
            raise WireError(
                f"Frame says threshold, scores and thresholds {numbers}; expected none that is infinite, and"
                " the first to be a number where it was judged."
            )

    def verdict(self, header: Header) -> Verdict | None:
        """Return the board's verdict, or None. Its model has no name but header's model_hash."""
        if self.level == NONE:
            return None
        verdict = Verdict(header.local_score, self.threshold, "board", None)
        verdict.combined_score = _or_none(self.combined_score)
        verdict.combined_threshold = _or_none(self.combined_threshold)
        verdict.alarm_score = _or_none(self.alarm_score)
        verdict.alarm_threshold = _or_none(self.alarm_threshold)
        verdict.mode = None if self.mode == NONE else self.mode
        verdict.mounting_changed = bool(header.flags & FLAG_MOUNTING)
        known = self.state < len(STATE_CODES)  # a newer board may have a word that this reader has not
        verdict.state = STATE_CODES[self.state] if known else LEVELS[self.level]
        return verdict


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
    header, told = _decode_header(body, start)
    data = start + header.header_len
    samples = data + 4 * told.n_features
    end = samples + 2 * header.axes * header.window_len * (told.content & SAMPLES)
    if len(body) < end + CRC_SIZE:
        raise WireError(
            f"Frame of {header.window_len} samples needs {end + CRC_SIZE - start} bytes;"
            f" {len(body) - start} came."
        )
    view = memoryview(body)
    if binascii.crc32(view[start:end]) & 0xFFFFFFFF != struct.unpack_from("<I", body, end)[0]:
        raise ChecksumError("Frame's crc32 does not fit its bytes.", hint="Send the window again.")
    header.check_values()
    told.check_values(header.flags)
    window = Window(
        array("h", bytes(view[samples:end])),
        *(header.scale_g, header.sample_rate_hz, header.device_id, header.boot_id, header.seq),
        *(header.timestamp_us, header.flags, header.sensor, header.local_score, header.model_hash),
        verdict=told.verdict(header),
        level=None if told.level == NONE else told.level,
        axes=header.axes,
        features=_features(view[data:samples]) if told.n_features else None,
    )
    return window, end + CRC_SIZE


def _decode_header(body: bytes, start: int) -> tuple[Header, Told]:
    """Return what a frame says of itself. Raises WireError where this reader does not know its form."""
    left = len(body) - start
    if left < VERDICT_AT + CRC_SIZE:
        raise WireError(f"Frame is {left} bytes; header and checksum alone need {VERDICT_AT + CRC_SIZE}.")
    header = Header._make(struct.unpack_from(HEADER, body, start))
    header.check_form()
    if header.version == 1:
        return header, Told()
    if left < header.header_len + CRC_SIZE:
        raise WireError(f"Frame is {left} bytes; its header says {header.header_len}, without the checksum.")
    told = Told._make(struct.unpack_from(VERDICT, body, start + VERDICT_AT))
    told.check_form()
    return header, told


def _features(data: memoryview) -> "array[float]":
    """Return the features in data. Raises WireError unless they are numbers."""
    found = array("f", bytes(data))
    if not all(map(math.isfinite, found)):
        raise WireError(f"Frame says features {found.tolist()}; expected finite numbers.")
    return found


def _flagged(flags: int) -> int:
    """Return the debounced level that a frame's flags tell."""
    if flags & FLAG_ALERT:
        return ALARM
    return NOTICE if flags & FLAG_NOTICE else 0


def _or_none(number: float) -> float | None:
    return None if math.isnan(number) else number
