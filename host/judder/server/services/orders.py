"""An order: a model that a board is to fetch, told again until it runs it, refuses it, or cannot get it.

What the board runs then is on trial for TRIAL_WINDOWS. Where the board alarms at once, starts again and
again, or goes back by itself, the order has failed, and the model before is ordered back. Boards of a group
wait until the first of them has passed its trial.
"""

from dataclasses import asdict, dataclass, field
from typing import Any

from judder.server.services.backtest import Backtest

MOST_STARTS = 3
"""Starts of a board in which it is told; whatever reset it, after that it is not told again."""
TRIAL_WINDOWS = 60
"""A minute, as a rule."""


@dataclass
class Order:
    """told: the board's starts in which it was told. done: it runs the model. error: why it does not, or no
    longer.

    before: the model it ran when it was ordered, None for none. was_alarming: whether it alarmed then. after:
    the board whose trial this one waits for. backtest: what the model says of the board's last windows, None
    where nobody asked. why: what made the server order it back, None where a person ordered it.
    begun_at: how many windows of the board's had come when its trial began; starts: of the board during it.
    passed: it is over, and all is well.
    """

    model_id: str
    before: str | None = None
    was_alarming: bool = False
    after: str | None = None
    backtest: Backtest | None = None
    why: str | None = None
    told: set[str] = field(default_factory=set)
    done: bool = False
    error: str | None = None
    begun_at: int | None = None
    starts: set[str] = field(default_factory=set)
    passed: bool = False

    @property
    def is_open(self) -> bool:
        return not self.done and self.error is None

    @property
    def is_on_trial(self) -> bool:
        return self.done and not self.passed and self.error is None

    def to_dict(self) -> dict[str, Any]:
        shown = ("model_id", "done", "error", "passed", "before", "after", "why")
        found = {name: getattr(self, name) for name in shown}
        return {**found, "backtest": asdict(self.backtest) if self.backtest else None}


def settle(order: Order, status: dict[str, Any]) -> dict[str, Any] | None:
    """Compare an order with the board's newest report; return what the board is to be told, if anything."""
    if not order.is_open or order.after:
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


def follow_trial(order: Order, windows: int, alarms: bool, status: dict[str, Any]) -> None:
    """Take an order's trial further by its board's newest report; it ends with `passed`, or with `error`.

    windows: of the board's that came so far. alarms: whether it does.
    """
    if order.begun_at is None:
        order.begun_at = windows
    order.starts.add(str(status.get("boot_id")))
    if status.get("model_id") != order.model_id:
        order.error = str(status.get("model_error") or "The board went back to the model before.")
    elif len(order.starts) >= MOST_STARTS:
        order.error = "The board started again and again with it."
    elif alarms and not order.was_alarming:
        order.error = f"It alarmed within {TRIAL_WINDOWS} windows."
    elif windows - order.begun_at >= TRIAL_WINDOWS:
        order.passed = True


def follow_first(order: Order, first: Order | None, runs: object) -> None:
    """Let an order that waits for another board's trial go on, or fail with it.

    first: that board's order, None where it has none (any more). runs: the id of the model it runs.
    """
    if first and first.model_id == order.model_id and (first.is_open or first.is_on_trial):
        return
    is_same = first is None or first.model_id == order.model_id
    failure = first and (first.error or first.why)
    if is_same and not failure and runs == order.model_id:
        order.after = None
    else:
        order.error = f"The first board of the group failed: {failure or 'it runs another model.'}"
