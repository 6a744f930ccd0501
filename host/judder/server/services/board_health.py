"""What is wrong with the boards, as health's checks yield it: one sentence per board and kind."""

from collections.abc import Callable, Iterator
from datetime import datetime

from judder_core.states import OFFLINE, SAFE_MODE, SENSOR_FAULT

from judder.server.services.device import Device
from judder.server.services.devices import Devices
from judder.server.services.problem import (
    MODEL,
    NOT_JUDGED,
    REFUSED,
    RESET_LOOP,
    SENSOR,
    SILENT,
    Problem,
)
from judder.server.storage.rows import REFERENCE_PREFIX

PATIENCE_US = 300_000_000
"""So long nobody may judge a board before somebody has to know."""
CALM_US = 600_000_000
"""So long after two last sent in its name a board is alone in it."""
SEVERE = (NOT_JUDGED, SENSOR, RESET_LOOP)

Find = Callable[[Device, str, int], str | None]


class BoardHealth:
    """The check of the boards of one server, in one pass: it is made every few seconds."""

    def __init__(self, devices: Devices, clock_us: Callable[[], int]) -> None:
        self._devices = devices
        self._clock_us = clock_us

    def problems(self) -> Iterator[Problem]:
        """Yield what is wrong with each board: a silent one has no other problem."""
        now_us = self._clock_us()
        for device in self._devices.list():
            state = device.state(now_us)
            if state == OFFLINE:
                yield from _silent(device, now_us)
                continue
            for kind, find in _FINDS.items():
                sentence = find(device, state, now_us)
                if sentence:
                    yield Problem(kind, device.id, f"{device.name}: {sentence}", severe=kind in SEVERE)


def _silent(device: Device, now_us: int) -> Iterator[Problem]:
    if _is_expected(device):
        since_us = device.last_seen_us
        sentence = f"{device.name}: silent since {_clock(since_us, now_us)}."
        yield Problem(SILENT, device.id, sentence, since_us, severe=True)


def _is_expected(device: Device) -> bool:
    """Return whether it is known when the board sends: the reference's sketch does while it is recorded."""
    return not device.id.startswith(REFERENCE_PREFIX)


def _not_judged(device: Device, state: str, now_us: int) -> str | None:
    since_us = max(device.judged_us, device.came_us)
    is_to_be_judged = (
        _is_expected(device) and not device.is_learning and device.status.get("task") != "collect"
    )
    if not is_to_be_judged or not device.came_us or now_us - since_us < PATIENCE_US:
        return None
    why = device.status.get("why")
    return f"judged by nobody for {(now_us - since_us) // 60_000_000} min{f': {why}' if why else '.'}"


def _sensor(device: Device, state: str, now_us: int) -> str | None:
    if state == SENSOR_FAULT:
        return str(device.status.get("sensor_error") or "its sensor fails: an axis does not move.")
    if device.status.get("sensor_error"):
        return str(device.status["sensor_error"])
    return next((odd["sentence"] for odd in device.quality.to_list() if odd["kind"] == "lost"), None)


def _model(device: Device, state: str, now_us: int) -> str | None:
    order = device.order
    if order and order.error:
        return f"{order.model_id} is not in service there: {order.error}"
    if order and order.why and not order.passed:
        return f"it goes back to {order.model_id}: {order.why}"
    wrong = device.status.get("model_error") or device.status.get("fetch_error")
    return f"its model does not run: {wrong}" if wrong else None


def _reset_loop(device: Device, state: str, now_us: int) -> str | None:
    if state == SAFE_MODE:
        return "it crashed three times in a row and only reports."
    if device.starts.is_loop(now_us):
        reason = device.status.get("reset_reason")
        return f"it starts again and again{f' ({reason})' if reason else ''}."
    return None


def _clash(device: Device, state: str, now_us: int) -> str | None:
    if not device.clashed_us or now_us - device.clashed_us > CALM_US:
        return None
    return "two send windows in its name, under the same numbers: give it a key (judder key add)."


_FINDS: dict[str, Find] = {
    REFUSED: _clash,
    NOT_JUDGED: _not_judged,
    SENSOR: _sensor,
    MODEL: _model,
    RESET_LOOP: _reset_loop,
}


def _clock(at_us: int, now_us: int) -> str:
    """Return a time as people here say it, with its day where that is another."""
    at, now = (datetime.fromtimestamp(us / 1e6).astimezone() for us in (at_us, now_us))
    return at.strftime("%H:%M" if at.date() == now.date() else "%Y-%m-%d %H:%M")
