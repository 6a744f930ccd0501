"""Frames put together from FORMATS.md, without judder_core.wire: what a board of any version may send."""

import struct
import zlib

NAN = float("nan")
SAMPLES, FEATURES = 1, 2
NOT_TOLD = {
    "level": 255,
    "state": 0,
    "mode": 255,
    "content": SAMPLES,
    "n_features": 0,
    "reserved": 0,
    "threshold": NAN,
    "combined_score": NAN,
    "combined_threshold": NAN,
    "alarm_score": NAN,
    "alarm_threshold": NAN,
}
OF_A_WINDOW = {
    "flags": 0,
    "axes": 3,
    "sensor": 0,
    "device_id": b"\0" * 6,
    "window_len": 1,
    "boot_id": 0,
    "seq": 0,
    "timestamp_us": 0,
    "sample_rate_hz": 250.0,
    "scale_g": 1 / 2048,
    "local_score": 0.0,
    "model_hash": b"\0" * 4,
}


def v1(counts=b"\1\0\2\0\3\0", *, more=b"", **fields):
    """Return a frame of v1; more: what a later header has behind these."""
    return sealed(_header(1, 48 + len(more), fields) + more + counts)


def v2(counts=b"\1\0\2\0\3\0", *, more=b"", features=(), **fields):
    """Return a frame of v2. fields: those of its header; features: floats, which content does not count."""
    told = {**NOT_TOLD, **{name: fields.pop(name) for name in list(fields) if name in NOT_TOLD}}
    verdict = struct.pack("<BBBBHHfffff", *told.values())
    body = struct.pack(f"<{len(features)}f", *features) + counts
    return sealed(_header(2, 76 + len(more), fields) + verdict + more + body)


def _header(version, length, fields):
    unknown = set(fields) - set(OF_A_WINDOW)
    assert not unknown, unknown
    of = {**OF_A_WINDOW, **fields}
    flags = of.pop("flags")
    return struct.pack("<2sBBHBB6sHIIQfff4s", b"JW", version, length, flags, *of.values())


def sealed(frame):
    """Return frame with the checksum of its bytes."""
    return frame + struct.pack("<I", zlib.crc32(frame))
