"""What a channel sees of the server, and may ask of it."""

from collections.abc import Callable
from typing import Any

from judder.errors import JudderError
from judder.server.services.alerts import Alerts
from judder.server.services.audit import Audit
from judder.server.services.devices import Devices
from judder.server.services.events import Events
from judder.server.services.learning import Learner
from judder.server.services.recordings import Recordings
from judder.server.services.wishes import LearningWish, RecordingWish, parse

RECORD = {"condition": "normal", "windows": 200}
"""What a record command without words means."""


class House:
    """The boards of one server."""

    def __init__(
        self,
        events: Events,
        devices: Devices,
        recordings: Recordings,
        alerts: Alerts,
        learner: Learner,
        audit: Audit,
        clock_us: Callable[[], int],
    ) -> None:
        self.events = events
        self._devices = devices
        self._recordings = recordings
        self._alerts = alerts
        self._learner = learner
        self._audit = audit
        self._clock_us = clock_us

    def boards(self, wanted: set[str] | None = None) -> list[dict[str, Any]]:
        """Return the wanted boards, all unless given, as their `board` events show them."""
        now_us, devices = self._clock_us(), self._devices.list()
        return [device.to_dict(now_us) for device in devices if wanted is None or device.id in wanted]

    async def command(self, device_id: str, name: str, wish: dict[str, Any]) -> None:
        """Do what was asked for a board. Raises JudderError where that cannot be."""
        device, now_us = self._devices.get(device_id), self._clock_us()
        if name == "record":
            asked = parse(RecordingWish, {**RECORD, **wish})
            await self._recordings.start(asked.condition, asked.windows, device_id, False, now_us)
        elif name == "acknowledge":
            if device.alert_id is not None:
                await self._alerts.acknowledge(device.alert_id, now_us)
        elif name == "recalibrate":
            await self._learner.start(device, parse(LearningWish, wish).windows)
        else:
            raise JudderError(f"{name} is no command.", hint="REFERENCE.md lists the topics.")
        await self._audit.note("MQTT", name, ", ".join([device_id, *(f"{k} {v}" for k, v in wish.items())]))
