"""Frames of both versions for the golden file, put together from the protocol's description."""

import base64
import math
import struct
import zlib

import numpy as np

SCALE_G = 1 / 2048


def text(data: bytes) -> str:
    return base64.b64encode(data).decode()


def frame_case(counts: np.ndarray) -> dict[str, object]:
    """Return a frame of counts, put together here from the protocol's description."""
    fields = {
        "kind": "frame",
        "flags": 9,
        "sensor": 1,
        "device_id": "a0b1c2d3e4f5",
        "boot_id": 0xDEADBEEF,
        "seq": 4000000000,
        "timestamp_us": 1795461882500123,
        "sample_rate_hz": 249.5,
        "scale_g": SCALE_G,
        "local_score": 1.75,
        "model_hash": "0123abcd",
    }
    head = struct.pack("<2sBBHBB", b"JW", 1, 48, fields["flags"], 3, fields["sensor"])
    head += bytes.fromhex(str(fields["device_id"]))
    head += struct.pack("<HIIQ", len(counts), fields["boot_id"], fields["seq"], fields["timestamp_us"])
    head += struct.pack("<fff", fields["sample_rate_hz"], fields["scale_g"], fields["local_score"])
    head += bytes.fromhex(str(fields["model_hash"]))
    body = head + counts.tobytes()
    return {
        **fields,
        "counts": text(counts.tobytes()),
        "frame": text(body + struct.pack("<I", zlib.crc32(body))),
    }


def frame_v2_case(counts: np.ndarray) -> dict[str, object]:
    """Return a frame of v2 that holds counts and a verdict, put together here from the description."""
    first = frame_case(counts)
    verdict = {
        "state": "notice",
        "mode": 4,
        "threshold": 5.25,
        "combined_score": 3.5,
        "combined_threshold": 3.25,
        "alarm_score": None,
        "alarm_threshold": 6.5,
        "mounting_changed": True,
    }
    numbers = [math.nan if value is None else value for value in list(verdict.values())[2:7]]
    told = struct.pack("<BBBBHH5f", 1, 3, 4, 1, 0, 0, *numbers)  # notice: level 1, code 3; samples follow
    head = struct.pack("<2sBBH", b"JW", 2, 76, 9 | 128 | 256)  # notice, mounting changed
    body = head + base64.b64decode(str(first["frame"]))[6:48] + told + counts.tobytes()
    return {
        **first,
        "kind": "frame_v2",
        "flags": 9 | 128 | 256,
        "level": 1,
        "verdict": verdict,
        "frame": text(body + struct.pack("<I", zlib.crc32(body))),
    }
