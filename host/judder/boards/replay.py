"""Windows as the bodies a board would post."""

import json
import secrets
from array import array
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from judder_core import decision, wire
from judder_core.window import Window

from judder.data.windows import Windows
from judder.errors import JudderError

NOTICE = decision.LEVELS[decision.NOTICE]


def as_frames(windows: Windows, device_id: bytes) -> Iterator[bytes]:
    """Yield each window as frame v1 from the board device_id (6 bytes), under a new boot_id."""
    if windows.samples.dtype != np.int16:
        raise JudderError(
            "The samples sit on no sensor's grid, and frames carry counts.",
            hint="Send them as the reference sketch would: --protocol reference",
        )
    boot_id = secrets.randbits(31)
    for k in range(len(windows)):
        counts = array("h", windows.samples[k].tobytes())
        window = Window(counts, float(windows.scale_g[k]), windows.sample_rate_hz, device_id, boot_id, seq=k)
        yield bytes(wire.encode_window(window))


def as_reference(windows: Windows, device_id: bytes) -> Iterator[bytes]:
    """Yield each window as the reference sketch's JSON, in g; that protocol names no board."""
    for samples, scale_g in zip(windows.samples, windows.scale_g, strict=True):
        in_g = samples.astype(float) * scale_g
        yield json.dumps(dict(zip("xyz", in_g.T.tolist(), strict=True))).encode()


@dataclass
class Replayed:
    """What the server answered, counted. notices, alerts: windows whose level is notice, alarm."""

    windows: int = 0
    anomalies: int = 0
    notices: int = 0
    alerts: int = 0

    def take(self, answer: dict[str, Any]) -> None:
        self.windows += 1
        self.anomalies += bool(answer["anomaly"])
        self.notices += answer["level"] == NOTICE
        self.alerts += bool(answer["alert"])
