"""What keeps a board from its work, told where somebody waits for it."""

from typing import Any

from judder_core.states import NOT_JUDGED, OFFLINE, SAFE_MODE, SENSOR_FAULT, STATES

from judder.cli.console import warn

TROUBLES = (OFFLINE, SENSOR_FAULT, SAFE_MODE, NOT_JUDGED)


def name_of(device: dict[str, Any]) -> str:
    """Return what people call a board of GET /api/v1/devices."""
    return str(device["status"].get("name") or device["device_id"])


def trouble_of(device: dict[str, Any]) -> str | None:
    """Return how such a board is and why, or None where its windows come."""
    state, status = device["state"], device["status"]
    if state not in TROUBLES:
        return None
    why = status.get("why") if state != OFFLINE else None  # what it said last is no reason for silence
    return f"board {name_of(device)} says {state!r}: {why or STATES[state]}"


def tell_trouble(device: dict[str, Any], told: str | None = None) -> str | None:
    """Warn of the board's trouble unless it is the one that was told before; return it, or None."""
    trouble = trouble_of(device)
    if trouble and trouble != told:
        warn(trouble)
    return trouble
