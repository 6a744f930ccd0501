"""What a broker is told of each board, and what it may ask.

PREFIX/server           online, or offline by last will (retained)
PREFIX/BOARD/available  online or offline (retained)
PREFIX/BOARD/state      JSON: state, level, scores in thresholds, problem, notice, why (retained)
PREFIX/BOARD/alert      JSON: a message, with its kind as event_type
PREFIX/BOARD/record, acknowledge, recalibrate    commands; record takes {"condition": , "windows": }
"""

import asyncio
import json
import time
from typing import Any

import aiomqtt
import structlog
from judder_core.states import OFFLINE

from judder.errors import JudderError
from judder.server.notify.home_assistant import COMMANDS, discovery, discovery_topic, safe
from judder.server.notify.house import House
from judder.server.storage.levels import TOLD
from judder.settings import Settings

STATE_EVERY_S = 5.0
"""How often a board's state goes out while it stays the same: Home Assistant keeps each on disk."""
GATHER_S = 0.5
"""What a board does within this time is one change: 200 boards send 200 windows a second."""
REACHED, AWAY = "online", "offline"
"""What a broker is told of the server and of each board: Home Assistant's words unless told of others."""

log = structlog.get_logger()


class Boards:
    """One connection's view of a house: what it has said is forgotten with it."""

    def __init__(self, client: aiomqtt.Client, house: House, settings: Settings) -> None:
        self._client = client
        self._house = house
        self._prefix = settings.mqtt_prefix
        self._discovery_prefix = settings.mqtt_discovery_prefix
        self._url = settings.public_url
        self._said: dict[str, str] = {}
        self._odd: set[str] = set()  # boards of which it was said that they cannot be shown
        self._shown: dict[str, tuple[str, float]] = {}

    async def show_forever(self) -> None:
        """Publish every board now, and each again as it changes."""
        with self._house.events.subscribe("window", "board") as events:
            changed: set[str] | None = None
            while not events.ended:
                for board in self._house.boards(changed):
                    await self._show_if_possible(board)
                await asyncio.sleep(GATHER_S)
                taken = await events.take()
                is_behind = any(event.kind == "resync" for event in taken)
                changed = None if is_behind else {event.data["device_id"] for event in taken}

    async def listen_forever(self) -> None:
        """Take commands, and describe all boards again to a Home Assistant that has just started."""
        birth = f"{self._discovery_prefix}/status"
        await self._client.subscribe([(f"{self._prefix}/+/{name}", 1) for name in COMMANDS])
        await self._client.subscribe(birth, qos=1)
        async for message in self._client.messages:
            payload = message.payload if isinstance(message.payload, bytes | bytearray) else b""
            if message.topic.value == birth:
                self._said.clear()
            elif not message.retain:
                board, name = message.topic.value.split("/")[-2:]
                await self._command(board, name, bytes(payload))

    async def _command(self, board: str, name: str, payload: bytes) -> None:
        known = [b["device_id"] for b in self._house.boards() if safe(b["device_id"]) == board]
        try:
            if not known:
                raise JudderError(f"There is no board {board}.")
            await self._house.command(known[0], name, _wish(payload))
        except JudderError as error:
            log.warning("mqtt_command_refused", board=board, command=name, why=str(error))
        except Exception as error:  # the next command is another's
            log.error("mqtt_command_failed", board=board, command=name, exc_info=error)

    async def _show_if_possible(self, board: dict[str, Any]) -> None:
        """Show board; one that cannot be shown, for whatever reason, keeps no other from it."""
        try:
            await self._show(board)
        except aiomqtt.MqttError:
            raise
        except Exception as error:
            if board["device_id"] not in self._odd:
                self._odd.add(board["device_id"])
                log.error("mqtt_board_failed", board=board["device_id"], exc_info=error)

    async def _show(self, board: dict[str, Any]) -> None:
        base = f"{self._prefix}/{safe(board['device_id'])}"
        described = json.dumps(discovery(self._prefix, board, self._url))
        await self._say(discovery_topic(self._discovery_prefix, board["device_id"]), described)
        await self._say(f"{base}/available", AWAY if board["state"] == OFFLINE else REACHED)
        state, now_s = _state(board), time.monotonic()
        kind = f"{state['state']} {state['level']}"
        shown, at_s = self._shown.get(base, ("", 0.0))
        if kind != shown or now_s - at_s >= STATE_EVERY_S:
            self._shown[base] = kind, now_s
            await self._say(f"{base}/state", json.dumps(state))

    async def _say(self, topic: str, payload: str) -> None:
        """Publish payload, retained, unless it is what topic holds already."""
        if self._said.get(topic) != payload:
            await self._client.publish(topic, payload, qos=1, retain=True)
            self._said[topic] = payload


def _state(board: dict[str, Any]) -> dict[str, Any]:
    last = board["last"]
    return {
        "state": board["state"],
        "level": board["level"],
        "score": _in_thresholds(last, "combined"),
        "alarm_score": _in_thresholds(last, "alarm"),
        "problem": _on_off(board["alert"]),
        "notice": _on_off(board["level"] in TOLD),
        "why": last.get("why"),
        "mode": last.get("mode"),
        "mounting_changed": board["mounting_changed"],
        "windows": board["windows"],
        "lost": board["lost"],
    }


def _in_thresholds(last: dict[str, Any], which: str) -> float | None:
    score, threshold = last.get(f"{which}_score"), last.get(f"{which}_threshold")
    return round(score / threshold, 3) if score is not None and threshold else None


def _on_off(value: bool) -> str:
    return "ON" if value else "OFF"


def _wish(payload: bytes) -> dict[str, Any]:
    """Return the JSON object in payload; {} for the PRESS of a button."""
    try:
        wish = json.loads(payload)
    except ValueError:
        return {}
    return wish if isinstance(wish, dict) else {}
