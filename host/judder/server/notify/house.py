"""What a channel sees of the server, and may ask of it."""

from typing import Any

from aiohttp import web

from judder.errors import JudderError
from judder.server.events import Events
from judder.server.keys import ALERTS, CLOCK_US, DEVICES, EVENTS, LEARNER, RECORDINGS
from judder.server.learning import parse_windows
from judder.server.recordings import parse_wish

RECORD = {"condition": "normal", "windows": 200}
"""What a record command without words means."""


class House:
    """The boards of one server."""

    def __init__(self, app: web.Application) -> None:
        self._app = app
        self.events: Events = app[EVENTS]

    def boards(self, wanted: set[str] | None = None) -> list[dict[str, Any]]:
        """Return the wanted boards, all unless given, as their `board` events show them."""
        now_us, devices = self._app[CLOCK_US](), self._app[DEVICES].list()
        return [device.to_dict(now_us) for device in devices if wanted is None or device.id in wanted]

    async def command(self, device_id: str, name: str, wish: dict[str, Any]) -> None:
        """Do what was asked for a board. Raises JudderError where that cannot be."""
        device, now_us = self._app[DEVICES].get(device_id), self._app[CLOCK_US]()
        if name == "record":
            condition, wanted = parse_wish({**RECORD, **wish})
            await self._app[RECORDINGS].start(condition, wanted, device_id, False, now_us)
        elif name == "acknowledge":
            if device.alert_id is not None:
                await self._app[ALERTS].acknowledge(device.alert_id, now_us)
        elif name == "recalibrate":
            await self._app[LEARNER].start(device, parse_windows(wish))
        else:
            raise JudderError(f"{name} is no command.", hint="REFERENCE.md lists the topics.")
