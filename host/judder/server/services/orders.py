"""An order: a model that a board is to fetch, told again until it runs it, refuses it, or cannot get it."""

from dataclasses import dataclass, field
from typing import Any

MOST_STARTS = 3
"""Starts of a board in which it is told; whatever reset it, after that it is not told again."""


@dataclass
class Order:
    """told: the board's starts in which it was told. done: it runs the model. error: why it does not."""

    model_id: str
    told: set[str] = field(default_factory=set)
    done: bool = False
    error: str | None = None

    @property
    def is_open(self) -> bool:
        return not self.done and self.error is None

    def to_dict(self) -> dict[str, Any]:
        return {"model_id": self.model_id, "done": self.done, "error": self.error}


def settle(order: Order, status: dict[str, Any]) -> dict[str, Any] | None:
    """Compare an order with the board's newest report; return what the board is to be told, if anything."""
    if not order.is_open:
        return None
    boot_id, not_fetched = str(status.get("boot_id")), status.get("fetch_error")
    started_anew = bool(order.told) and boot_id not in order.told
    if status.get("model_id") == order.model_id:
        order.done = True
    elif started_anew and status.get("model_error") and not not_fetched:
        order.error = str(status["model_error"])
    elif started_anew and len(order.told) >= MOST_STARTS:
        order.error = str(not_fetched or f"The board started {MOST_STARTS} times without it.")
    else:
        order.told.add(boot_id)
        return {"model": order.model_id}
    return None
