"""Each board as a device of Home Assistant: what MQTT discovery says of it.

Format: "Device discovery payload" of https://www.home-assistant.io/integrations/mqtt/ (Home Assistant 2024.11
and newer).
"""

import hashlib
import re
from typing import Any

from judder_core.decision import LEVELS
from judder_core.states import STATES

from judder import __version__
from judder.server.notify.message import OF_BOARDS

URL = "https://www.home-assistant.io/integrations/mqtt/"
COMMANDS = {"record": "Record as normal", "acknowledge": "Acknowledge", "recalibrate": "Recalibrate"}
SERVER = "server"
"""What stands where a board's name does in the server's own topics."""
MOST_READABLE = 64
OF_LEARNERS = ("recalibrate",)
"""Offered for boards that take models over the network."""


def safe(device_id: str) -> str:
    """Return device_id as topics and Home Assistant take it, in letters, digits, _ and -: another per board.

    A name that would have to be changed to be so, or could be another's, ends with the hash of what it was.

    >>> safe("020000000001"), safe("ref-192.168.1.7")
    ('020000000001', 'ref-192_168_1_7')
    >>> safe("\u00e9"), safe("\u00fc")
    ('__4a99557e4033c353', '__607474ca475a9724')
    """
    readable = re.sub(r"[^A-Za-z0-9_-]", "_", device_id)
    if device_id != SERVER and re.fullmatch(r"[A-Za-z0-9-]{1,64}|ref-[0-9]+(\.[0-9]+){3}", device_id):
        return readable
    digest = hashlib.sha256(device_id.encode(errors="surrogatepass")).hexdigest()
    return f"{readable[:MOST_READABLE]}_{digest[:16]}"


def discovery_topic(discovery_prefix: str, device_id: str) -> str:
    return f"{discovery_prefix}/device/judder_{safe(device_id)}/config"


def discovery(prefix: str, board: dict[str, Any], url: str) -> dict[str, Any]:
    """Return the payload for board, a Device.to_dict(). prefix: of this server's topics. url: the page's."""
    name = safe(board["device_id"])
    base = f"{prefix}/{name}"
    return {
        "device": _device(board, url),
        "origin": {"name": "Judder", "sw_version": __version__},
        "components": {
            key: {**part, "unique_id": f"judder_{name}_{key}"} for key, part in _parts(base, board)
        },
        "availability": [{"topic": f"{prefix}/server"}, {"topic": f"{base}/available"}],
        "availability_mode": "all",
        "qos": 1,
    }


def _device(board: dict[str, Any], url: str) -> dict[str, Any]:
    status = board["status"]
    known = {
        "identifiers": [f"judder_{board['device_id']}"],
        "name": status.get("name") or board["device_id"],
        "manufacturer": "Judder",
        "model": "vibration board",
        "sw_version": status.get("firmware"),
        "suggested_area": status.get("place"),
        "configuration_url": url,
    }
    return {key: value for key, value in known.items() if value}


def _parts(base: str, board: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    state = f"{base}/state"
    buttons = [name for name in COMMANDS if name not in OF_LEARNERS or board["takes_models"]]
    return [
        ("state", _sensor("State", state, "state", device_class="enum", options=list(STATES))),
        ("level", _sensor("Level", state, "level", device_class="enum", options=list(LEVELS))),
        ("score", _sensor("Score", state, "score", state_class="measurement", suggested_display_precision=2)),
        (
            "problem",
            _switch("Problem", state, "problem", device_class="problem", json_attributes_topic=state),
        ),
        ("notice", _switch("Notice", state, "notice", json_attributes_topic=state)),
        (
            "alert",
            {
                "platform": "event",
                "name": "Alert",
                "state_topic": f"{base}/alert",
                "event_types": [*OF_BOARDS],
            },
        ),
        *(
            (name, {"platform": "button", "name": COMMANDS[name], "command_topic": f"{base}/{name}"})
            for name in buttons
        ),
    ]


def _sensor(name: str, topic: str, field: str, platform: str = "sensor", **more: Any) -> dict[str, Any]:
    template = f"{{{{ value_json.{field} }}}}"
    return {"platform": platform, "name": name, "state_topic": topic, "value_template": template, **more}


def _switch(name: str, topic: str, field: str, **more: Any) -> dict[str, Any]:
    return _sensor(name, topic, field, platform="binary_sensor", **more)
