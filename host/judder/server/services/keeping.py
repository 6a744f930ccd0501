"""A request's windows are stored with what they do to alerts and recordings: all of it, or nothing."""

import sys
from collections.abc import Callable
from typing import Any, NamedTuple

from judder_core.window import FLAG_LOST

from judder.server.services.alerts import Alerts, Change
from judder.server.services.arrivals import Arrival, Taking
from judder.server.services.device import Standing
from judder.server.services.recordings import DONE, Recordings
from judder.server.storage.rows import StoredWindow, as_dict
from judder.server.storage.store import Unit

Stands = dict[tuple[str, bool], Standing]
"""By board and lateness, after the windows so far."""


class Kept(NamedTuple):
    """What became of a window. added: whether it was a new one. change: what it did to its board's alerts."""

    added: bool
    change: Change


class Keeping:
    """Stores windows, and lets recordings and alerts know."""

    def __init__(self, recordings: Recordings, alerts: Alerts) -> None:
        self._recordings = recordings
        self._alerts = alerts

    def work(self, arrival: Arrival) -> Callable[[Unit], list[Kept]]:
        """Give the windows of a request their places in recordings; return what stores them."""
        fresh = arrival.fresh
        for taking in fresh:
            self._claim(taking)
        rows = [_row(taking) for taking in fresh]

        def keep(unit: Unit) -> list[Kept]:
            stands: Stands = {}
            return [self._keep(unit, taking, row, stands) for taking, row in zip(fresh, rows, strict=True)]

        return keep

    def settle(self, arrival: Arrival, kept: list[Kept]) -> None:
        """Say what became of a request's windows: nothing of those that kept does not tell of."""
        for k, taking in enumerate(arrival.fresh):
            if taking.recording:
                self._recordings.settle(taking.recording, k < len(kept) and kept[k].added)

    def _claim(self, taking: Taking) -> None:
        if taking.device.is_learning and taking.window.flags & FLAG_LOST:
            return  # gaps look like vibration
        taking.recording = self._recordings.claim(taking.device.id, taking.sampled_us)
        taking.is_last = taking.recording is not None and taking.recording.is_claimed_whole()

    def _keep(self, unit: Unit, taking: Taking, row: StoredWindow, stands: Stands) -> Kept:
        device, answered = taking.device, taking.answered
        added = unit.windows.add(row)
        if taking.recording and taking.is_last:
            unit.recordings.end_full(taking.recording.id, DONE)
        standing = stands.get((device.id, taking.is_late)) or device.standing(taking.is_late)
        if taking.is_late:
            sampled_us = taking.sampled_us or taking.at_us
            change = self._alerts.follow_late(unit, standing.alert, answered, sampled_us)
        else:
            change = self._alerts.follow(unit, standing, answered)
        stands[device.id, taking.is_late] = Standing(change.number, answered.answer.level)
        return Kept(added, change)


def _row(taking: Taking) -> StoredWindow:
    window, recording = taking.window, taking.recording
    device, boot_id, seq = taking.name
    return StoredWindow(
        **as_dict(taking.answer),
        device=device,
        boot_id=boot_id,
        seq=seq,
        received_us=taking.at_us,
        timestamp_us=window.timestamp_us,
        flags=window.flags,
        sensor=window.sensor,
        sample_rate_hz=window.sample_rate_hz,
        scale_g=window.scale_g,
        recording=recording.id if recording else None,
        pose=recording.pose if recording else None,
        typecode=window.counts.typecode,
        counts=little_endian(window.counts),
    )


def little_endian(counts: Any) -> bytes:
    """Return the bytes of counts, an array, as they are stored."""
    if sys.byteorder == "big":
        counts = counts[:]
        counts.byteswap()
    return bytes(counts.tobytes())
